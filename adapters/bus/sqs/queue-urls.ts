import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Addresses of queues by name, each asked for once. */
export interface QueueUrls {
  of(name: string): Promise<string>;
  /** The queue was found gone: it is asked for again. */
  forget(name: string): void;
}

export function createQueueUrls(sqs: SQSClient): QueueUrls {
  const known = new Map<string, string>();
  return {
    async of(name) {
      const url = known.get(name);
      if (url !== undefined) return url;
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      known.set(name, QueueUrl!);
      return QueueUrl!;
    },
    forget: (name) => void known.delete(name),
  };
}
