import { domainPrefixedPathFaults } from '../names.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';

/** Names of controllers: `acme.io/foo`. */
export const validateDomainPath = (text: string, at: Path, faults: Faults): void => {
  for (const { value, detail } of domainPrefixedPathFaults(text)) {
    if (value === undefined) faults.required(at, detail);
    else faults.invalid(at, value, detail);
  }
};
