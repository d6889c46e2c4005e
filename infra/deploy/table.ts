import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { TTL_ATTRIBUTE } from '#adapters/store/dynamodb/table.ts';

/**
 * Puts on what the template asks of the table and its maker has left out: emulators make the table alone.
 *
 * @returns what was put on
 */
export async function completeTable(TableName: string, region: string): Promise<string[]> {
  const client = new DynamoDBClient({ region });
  const done: string[] = [];
  try {
    const { TimeToLiveDescription: expiry } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    if (expiry?.TimeToLiveStatus !== 'ENABLED' && expiry?.TimeToLiveStatus !== 'ENABLING') {
      const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
      done.push('time to live');
    }
    const { ContinuousBackupsDescription: told } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    if (told?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus !== 'ENABLED') {
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
      await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
      done.push('point-in-time recovery');
    }
    return done;
  } finally {
    client.destroy();
  }
}
