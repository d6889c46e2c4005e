import { resolved, type Statement, statementsOf, type Template } from '../template.ts';
import type { SeenCalls } from './calls.ts';
import { neededBy, neededToPoll, type Permission } from './permissions.ts';

export interface Role {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** By the calls of whoever has the role, and by what AWS does in its name: it polls and it logs. */
  readonly needed: readonly Permission[];
}

interface FunctionProperties {
  readonly FunctionName: string;
  readonly Role: unknown;
}

/** Every role that a part of the product has at run time, against what that part was seen to call. */
export function rolesOf(template: Template, seen: SeenCalls): Role[] {
  const statements = statementsOf(template);
  const stateOf = (role: unknown) => statements.get((role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]!) ?? [];
  const roles: Role[] = [];
  for (const [logicalName, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') {
      const { FunctionName, Role } = Properties as unknown as FunctionProperties;
      const name = FunctionName.split('-').at(-1)!;
      const polled = [...mappedInTemplate(logicalName, template), ...mappedAtRunTime(FunctionName, seen)];
      const needed = [...neededBy(seen.of(name)), ...neededToPoll(polled), ...neededToLog(FunctionName)];
      roles.push({ name, statements: stateOf(Role), needed });
    }
    if (Type === 'AWS::ECS::TaskDefinition') {
      const name = String(Properties.Family).split('-').at(-1)!;
      roles.push({ name, statements: stateOf(Properties.TaskRoleArn), needed: neededBy(seen.of(name)) });
    }
  }
  return roles;
}

function mappedInTemplate(functionLogicalName: string, template: Template): string[] {
  return Object.values(template.Resources)
    .filter(({ Type, Properties }) => {
      return (
        Type === 'AWS::Lambda::EventSourceMapping' && JSON.stringify(Properties).includes(`"${functionLogicalName}"`)
      );
    })
    .map(({ Properties }) => queueOf(String(resolved(Properties.EventSourceArn, template))));
}

function mappedAtRunTime(functionName: string, seen: SeenCalls): string[] {
  return seen
    .of('universe')
    .filter(({ name, input }) => name === 'CreateEventSourceMapping' && input.FunctionName === functionName)
    .map(({ input }) => queueOf(String(input.EventSourceArn)));
}

const queueOf = (arn: string) => arn.split(':').at(-1)!;

function neededToLog(functionName: string): Permission[] {
  const resource = `arn:aws:logs:ap-northeast-2:123456789012:log-group:/aws/lambda/${functionName}:log-stream:any`;
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource }));
}
