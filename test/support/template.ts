import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serviceFolder } from '../../infra/deploy/service-folder.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

export interface Packaged {
  readonly file: string;
  readonly template: Template;
}

/** What `serverless package` makes of a stage, with nothing in the environment that could help it but given settings. */
export function packageStage(stage: string, settings: Readonly<Record<string, string>> = {}): Packaged {
  const folder = serviceFolder();
  const bin = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const env = { PATH: process.env.PATH ?? '', HOME: folder, ...settings };
  execFileSync(process.execPath, [bin, 'package', '--stage', stage], { cwd: folder, env, stdio: 'pipe' });
  const file = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
  return { file, template: JSON.parse(readFileSync(file, 'utf8')) as Template };
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

/** Statements of every role, by the role's logical name; policies that are attached to it count too. */
export function statementsOf({ Resources }: Template): Map<string, Statement[]> {
  const roles = new Map<string, Statement[]>();
  for (const [name, { Type, Properties }] of Object.entries(Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    roles.set(
      name,
      (Properties.Policies as Policy[]).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
  }
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    const { PolicyDocument, Roles } = Properties as unknown as Policy & { readonly Roles: { Ref: string }[] };
    for (const { Ref } of Roles) roles.get(Ref)!.push(...PolicyDocument.Statement);
  }
  return roles;
}

/** ARNs as AWS would make them, by the name that a template gives. */
const ARNS: Readonly<
  Record<string, (properties: Record<string, unknown>, name: (value: unknown) => string) => string>
> = {
  'AWS::DynamoDB::Table': ({ TableName }, name) =>
    `arn:aws:dynamodb:ap-northeast-2:123456789012:table/${name(TableName)}`,
  'AWS::SQS::Queue': ({ QueueName }, name) => `arn:aws:sqs:ap-northeast-2:123456789012:${name(QueueName)}`,
  'AWS::S3::Bucket': ({ BucketName }, name) => `arn:aws:s3:::${name(BucketName)}`,
  'AWS::Logs::LogGroup': ({ LogGroupName }, name) =>
    `arn:aws:logs:ap-northeast-2:123456789012:log-group:${name(LogGroupName)}:*`,
};
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-northeast-2',
  'AWS::AccountId': '123456789012',
};

/** A part of a template with every reference replaced by what it could stand for: plain JSON, for those who read that alone. */
export function resolved(value: unknown, template: Template): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, template));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Fn::GetAtt') return arnOf((argument as string[])[0]!, template);
  if (entries.length === 1 && key === 'Ref') return PSEUDO[argument as string] ?? arnOf(argument as string, template);
  if (entries.length === 1 && key === 'Fn::Sub') {
    return (argument as string).replace(
      /\$\{([^}]+)\}/g,
      (_, name: string) => PSEUDO[name] ?? arnOf(name.split('.')[0]!, template),
    );
  }
  return Object.fromEntries(entries.map(([name, each]) => [name, resolved(each, template)]));
}

function arnOf(logicalName: string, template: Template): string {
  const resource = template.Resources[logicalName];
  const arn = ARNS[resource?.Type ?? '']?.(resource!.Properties, (value) => String(resolved(value, template)));
  if (arn === undefined) throw new Error(`no ARN for ${logicalName} (${resource?.Type})`);
  return arn;
}
