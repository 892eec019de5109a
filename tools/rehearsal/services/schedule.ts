// Schedules of rules: `rate(...)`, and `cron(...)` by minute and hour.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const EVERY_DAY = /^cron\(([\d,*/]+) ([\d,*/]+) (?:\* \* \?|\? \* \*|\* \* \*) \*\)$/;

/** The instant after `now` at which a schedule is due; throws when the rehearsal does not know it. */
export function nextTime(schedule: string, now: number): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (count) return now + Number(count) * UNIT_MS[unit]!;
  const [, minutes, hours] = EVERY_DAY.exec(schedule) ?? [];
  if (!minutes || !hours) throw new Error(`schedule ${schedule} is not known to the rehearsal`);
  const first = Math.floor(now / 60_000) * 60_000 + 60_000;
  for (let instant = first; instant < first + UNIT_MS.day!; instant += 60_000) {
    const time = new Date(instant);
    if (fits(minutes, time.getUTCMinutes()) && fits(hours, time.getUTCHours())) return instant;
  }
  throw new Error(`schedule ${schedule} is never due`);
}

const fits = (field: string, value: number): boolean =>
  field.split(',').some((part) => {
    const [start = '', step] = part.split('/');
    if (step === undefined) return start === '*' || Number(start) === value;
    const from = start === '*' ? 0 : Number(start);
    return value >= from && (value - from) % Number(step) === 0;
  });
