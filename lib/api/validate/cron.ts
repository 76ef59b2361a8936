interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const months = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Bounds[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: days },
];

const descriptors: ReadonlySet<string> = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
]);

type Parsed = { readonly value: number } | { readonly fault: string };

const parseNumber = (text: string, bounds: Bounds): Parsed => {
  const named = text === '' ? -1 : bounds.names.indexOf(text.toLowerCase());
  if (named >= 0) return { value: named };
  if (!/^[+-]?\d+$/.test(text)) {
    return { fault: `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax` };
  }
  const value = Number(text);
  return value < 0 ? { fault: `negative number (${value}) not allowed: ${text}` } : { value };
};

const rangeFault = (text: string, bounds: Bounds): string | undefined => {
  const [span = '', stepText, ...moreSteps] = text.split('/');
  const [lowText = '', highText, ...moreBounds] = span.split('-');
  const single = highText === undefined;
  let low = bounds.least;
  let high = bounds.most;
  if (lowText !== '*' && lowText !== '?') {
    const first = parseNumber(lowText, bounds);
    if ('fault' in first) return first.fault;
    low = first.value;
    high = low;
    if (moreBounds.length > 0) return `too many hyphens: ${text}`;
    if (highText !== undefined) {
      const last = parseNumber(highText, bounds);
      if ('fault' in last) return last.fault;
      high = last.value;
    }
  }
  let step = 1;
  if (moreSteps.length > 0) return `too many slashes: ${text}`;
  if (stepText !== undefined) {
    const parsed = parseNumber(stepText, { ...bounds, names: [] });
    if ('fault' in parsed) return parsed.fault;
    step = parsed.value;
    // `5/10` means from 5 on, every 10.
    if (single) high = bounds.most;
  }
  if (low < bounds.least) return `beginning of range (${low}) below minimum (${bounds.least}): ${text}`;
  if (high > bounds.most) return `end of range (${high}) above maximum (${bounds.most}): ${text}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${text}`;
  if (step === 0) return `step of range should be a positive number: ${text}`;
  return undefined;
};

const durationPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

const descriptorFault = (text: string): string | undefined => {
  if (descriptors.has(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  const duration = text.slice('@every '.length);
  if (duration === '0' || durationPattern.test(duration)) return undefined;
  return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
};

/**
 * What is wrong with the schedule of a CronJob: five fields (minute, hour, day of month, month, day of week) or a
 * descriptor such as `@daily`; undefined when nothing is. The words are those of the parser that Kubernetes uses.
 */
export const scheduleFault = (schedule: string): string | undefined => {
  const zone = /^(?:CRON_)?TZ=\S+\s+/.exec(schedule)?.[0];
  const text = zone === undefined ? schedule : schedule.slice(zone.length).trim();
  if (text === '') return 'empty spec string';
  if (text.startsWith('@')) return descriptorFault(text);
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  for (const [index, bounds] of fields.entries()) {
    for (const part of (parts[index] ?? '').split(',').filter((piece) => piece !== '')) {
      const fault = rangeFault(part, bounds);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
};
