// Systems Manager: the parameter that is the kill switch, and the owner's change calendars.
import { ok } from '../../../model/result.ts';
import { fail, meta } from '../failure.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'ssm:GetCalendarState' | 'ssm:GetParameter';

export function ssmAnswers(parts: Parts): Pick<Answers, Names> {
  return {
    'ssm:GetCalendarState': ({ CalendarNames = [] }) => {
      const states = CalendarNames.map((name) => parts.calendars.get(name));
      const unknown = CalendarNames.find((_, n) => states[n] === undefined);
      if (unknown !== undefined) return fail('refused', 'InvalidDocument', `Document with name ${unknown} does not exist.`);
      return ok({ ...meta, State: states.includes('CLOSED') ? ('CLOSED' as const) : ('OPEN' as const) });
    },
    'ssm:GetParameter': (input) => {
      const value = parts.parameters.get(input.Name ?? '');
      if (value === undefined) return fail('gone', 'ParameterNotFound', `Parameter ${input.Name} not found.`);
      return ok({
        ...meta,
        Parameter: {
          ...(input.Name === undefined ? {} : { Name: input.Name }),
          Type: 'String' as const,
          Value: value,
          Version: 1,
          ARN: `arn:aws:ssm:${parts.base.here.region}:${parts.base.here.accountId}:parameter${input.Name}`,
          DataType: 'text',
        },
      });
    },
  };
}
