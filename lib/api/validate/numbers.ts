import { portName } from '../names.js';
import type { Faults } from './faults.js';
import { percent, portNumber } from './format.js';
import type { Path } from './path.js';

export const nonNegative = (value: number | undefined, at: Path, faults: Faults): void => {
  if (value !== undefined && value < 0) faults.invalid(at, value, 'must be greater than or equal to 0');
};

/** A port by number or by the name of a container's port. */
export const validatePort = (port: number | string, at: Path, faults: Faults): void => {
  const texts = typeof port === 'number' ? portNumber(port) : portName(port);
  if (texts.length > 0) faults.invalidEach(at, port, texts);
};

/** The number before the `%`, undefined when the value is no percentage. */
const percentage = (value: number | string): number | undefined =>
  typeof value === 'string' && percent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;

/** A count or a percentage as the number it is compared by; a text that is neither counts as 0. */
export const countOrPercentage = (value: number | string): number =>
  typeof value === 'number' ? value : (percentage(value) ?? 0);

export const validateCountOrPercentage = (value: number | string | undefined, at: Path, faults: Faults): void => {
  if (typeof value === 'string') faults.invalidEach(at, value, percent(value));
  else nonNegative(value, at, faults);
};

export const atMost100Percent = (value: number | string | undefined, at: Path, faults: Faults): void => {
  if (value !== undefined && (percentage(value) ?? 0) > 100) faults.invalid(at, value, 'must not be greater than 100%');
};
