import type { CustomResourceDefinitionNames } from '../generated/types.js';
import { dns1035Label } from '../names.js';
import type { Faults } from '../validate/faults.js';
import type { Path } from '../validate/path.js';

const mixedCase = 'may have mixed case, but should otherwise match: ';

/** Reports names of a definition that are none; missing ones are not its business. */
export const checkNames = (names: CustomResourceDefinitionNames, at: Path, faults: Faults): void => {
  const label = (name: string | undefined, place: Path, prefix = ''): void => {
    const wrong = (name ?? '') === '' ? [] : dns1035Label(prefix === '' ? (name ?? '') : (name ?? '').toLowerCase());
    if (wrong.length > 0) faults.invalid(place, name, prefix + wrong.join(','));
  };
  label(names.plural, at.child('plural'));
  label(names.singular, at.child('singular'));
  label(names.kind, at.child('kind'), mixedCase);
  label(names.listKind, at.child('listKind'), mixedCase);
  const each = (field: 'shortNames' | 'categories'): void => {
    for (const [index, name] of (names[field] ?? []).entries()) {
      const wrong = dns1035Label(name);
      if (wrong.length > 0) faults.invalid(at.child(field).index(index), name, wrong.join(','));
    }
  };
  each('shortNames');
  if ((names.kind ?? '') !== '' && names.kind === names.listKind)
    faults.invalid(at.child('listKind'), names.listKind, 'kind and listKind may not be the same');
  each('categories');
};
