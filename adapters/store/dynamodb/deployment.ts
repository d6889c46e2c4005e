import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Deployment, DeploymentStore } from '#core/ports/deployment.ts';
import { createTableKeys } from '../keys.ts';
import type { TableAccess } from './access.ts';
import { body, bodyOf, keyItem } from './items.ts';
import type { TableOwner } from './owner.ts';

/** Keeps the list that a deployment trades, in one item of its table. */
export function createDeploymentStore(access: TableAccess, owner: TableOwner): DeploymentStore {
  const key = createTableKeys(owner.mode, owner.source).deployment();
  return {
    async read() {
      const item = await access.getOne(key);
      return item === undefined ? null : bodyOf<Deployment>(item);
    },
    async write(deployment) {
      const Item = { ...keyItem(key), body: body(deployment) };
      await access.repeat(() => access.client.send(new PutItemCommand({ TableName: access.target.table, Item })));
    },
  };
}
