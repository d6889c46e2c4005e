import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DeleteEventSourceMappingCommand, LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import { OWNER_KEY } from '#adapters/store/keys.ts';
import { IMAGES } from './images.ts';

/** What lives beside a stage's stack, made while it ran. Each call finds what is there now, so a repetition heals. */
export interface Leftovers {
  /** Queues whose name begins with the stage's prefix. */
  queues(): Promise<readonly string[]>;
  /** Mappings to functions or from queues of the stage. */
  mappings(): Promise<readonly string[]>;
  remove(): Promise<{ readonly queues: number; readonly mappings: number }>;
}

export function leftoversOf(stage: string, region: string): Leftovers {
  const prefix = `twinleg-${stage}-`;
  const sqs = new SQSClient({ region });
  const lambda = new LambdaClient({ region });
  const isOurs = (arn: string | undefined) => arn?.split(':').some((part) => part.startsWith(prefix)) ?? false;
  async function queues() {
    const found: string[] = [];
    for await (const { QueueUrls } of paginateListQueues(
      { client: sqs, pageSize: 1000 },
      { QueueNamePrefix: prefix },
    )) {
      found.push(...(QueueUrls ?? []));
    }
    return found;
  }
  async function mappings() {
    const found: string[] = [];
    for await (const { EventSourceMappings } of paginateListEventSourceMappings({ client: lambda }, {})) {
      for (const { UUID, FunctionArn, EventSourceArn, State } of EventSourceMappings ?? []) {
        if (UUID !== undefined && State !== 'Deleting' && (isOurs(FunctionArn) || isOurs(EventSourceArn)))
          found.push(UUID);
      }
    }
    return found;
  }
  return {
    queues,
    mappings,
    async remove() {
      const [deadMappings, deadQueues] = [await mappings(), await queues()];
      // A mapping first: one without its queue would go on asking.
      for (const UUID of deadMappings) await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      for (const QueueUrl of deadQueues) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      return { queues: deadQueues.length, mappings: deadMappings.length };
    },
  };
}

/** Whether anything was ever kept on the table of a stage; one on which nothing traded has nothing to save. */
export async function hasStore(name: string, region: string): Promise<boolean> {
  const client = new DynamoDBClient({ region });
  try {
    const Key = { pk: { S: OWNER_KEY.pk }, sk: { S: OWNER_KEY.sk } };
    return (await client.send(new GetItemCommand({ TableName: name, Key, ConsistentRead: true }))).Item !== undefined;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return false;
    throw error;
  } finally {
    client.destroy();
  }
}

/** Deletes every version of every object of a bucket, which cannot go before it is empty. @returns how many */
export async function emptyBucket(bucket: string, region: string): Promise<number> {
  const client = new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  let count = 0;
  try {
    // What is deleted is not listed again: always the first page.
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket }),
      );
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length === 0) return count;
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      const [first] = Errors;
      if (first !== undefined) throw new Error(`${first.Key} in ${bucket} cannot be deleted: ${first.Message}`);
      count += Objects.length;
    }
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') throw error;
  }
  return count;
}

/** Deletes the repositories of a stage with their images. */
export async function removeRepositories(stage: string, region: string): Promise<void> {
  const client = new ECRClient({ region });
  for (const name of Object.keys(IMAGES)) {
    try {
      await client.send(new DeleteRepositoryCommand({ repositoryName: `twinleg-${stage}-${name}`, force: true }));
    } catch (error) {
      if ((error as Error).name !== 'RepositoryNotFoundException') throw error;
    }
  }
}
