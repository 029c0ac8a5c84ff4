// What a person needs in IAM to decide by the command line: reading one table and one function's settings, and handing an order to it. No
// permission of theirs writes: the installation does, under its own roles.
import { functionName, liveAlias } from '../model/names.ts';
import { tableShape } from '../store/table.ts';

export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}
interface PlaceOfTable {
  readonly accountId: string;
  readonly region: string;
  /** Its name; the stack's own naming where not said. */
  readonly table?: string;
}

/** The stack is called Gatemedic where it stands alone; in an owner's own app the table's name says which. */
const tables = 'Gatemedic*';

export function statements({ accountId, region, table = tables }: PlaceOfTable): readonly Statement[] {
  const [answer, rows] = [
    `arn:aws:lambda:${region}:${accountId}:function:${functionName('answer')}:${liveAlias}`,
    `arn:aws:dynamodb:${region}:${accountId}:table/${table}`,
  ];
  return [
    { Effect: 'Allow', Action: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'], Resource: [answer] },
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: [rows, `${rows}/index/${tableShape.listIndex}`] },
  ];
}

export const statementFor = (action: string, place: PlaceOfTable): Statement | undefined =>
  statements(place).find(({ Action }) => Action.includes(action));
