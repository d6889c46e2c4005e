import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableAccess } from '#adapters/store/dynamodb/access.ts';
import { TTL_ATTRIBUTE } from '#adapters/store/dynamodb/table.ts';
import { type Check, failed, failedBy, passed } from '../checks.ts';

const REMEDY = 'deploy the stage again, or make the table as docs/dynamodb.md says';

/** The table itself. The first check tells whether it can be asked at all. */
export async function checkTable(access: TableAccess): Promise<Check[]> {
  const { client, target, repeat } = access;
  const TableName = target.table;
  const where = `${TableName} in ${target.region}`;
  try {
    const { Table } = await repeat(() => client.send(new DescribeTableCommand({ TableName })));
    const keys = (Table?.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
    const types = (Table?.AttributeDefinitions ?? []).map(({ AttributeType }) => AttributeType).join('');
    const status = Table?.TableStatus;
    return [
      status === 'ACTIVE' || status === 'UPDATING'
        ? passed('table', `${where} is there`)
        : failed('table', `${where} is ${status}`, 'wait until it is active; look at it in DynamoDB'),
      keys === 'pk HASH, sk RANGE' && types === 'SS'
        ? passed('table: keys', 'pk and sk, texts')
        : failed('table: keys', `${keys}, types ${types}: not a table of Twinleg`, REMEDY),
      await checkTimeToLive(access),
      await checkRecovery(access),
    ];
  } catch (error) {
    return [failedBy('table', error)];
  }
}

async function checkTimeToLive({ client, target, repeat }: TableAccess): Promise<Check> {
  const name = 'table: time to live';
  try {
    const command = new DescribeTimeToLiveCommand({ TableName: target.table });
    const { TimeToLiveDescription: told } = await repeat(() => client.send(command));
    const isOn = told?.TimeToLiveStatus === 'ENABLED' || told?.TimeToLiveStatus === 'ENABLING';
    if (isOn && told.AttributeName === TTL_ATTRIBUTE) return passed(name, `by ${TTL_ATTRIBUTE}`);
    const found = isOn ? `by ${told.AttributeName}` : 'off';
    return failed(name, `${found}: old records are never removed, and cost`, REMEDY);
  } catch (error) {
    return failedBy(name, error);
  }
}

async function checkRecovery({ client, target, repeat }: TableAccess): Promise<Check> {
  const name = 'table: recovery';
  try {
    const command = new DescribeContinuousBackupsCommand({ TableName: target.table });
    const { ContinuousBackupsDescription: told } = await repeat(() => client.send(command));
    return told?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
      ? passed(name, 'to any moment of the last days')
      : failed(name, 'point-in-time recovery is off: what is deleted is gone', REMEDY);
  } catch (error) {
    return failedBy(name, error);
  }
}
