import type { CelFault } from './fault.js';
import type { FoldMacro, Node } from './node.js';

type Expansion = { readonly node: Node } | { readonly fault: CelFault };

const folds = new Map<string, FoldMacro>([
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
  ['existsOne', 'exists_one'],
  ['map', 'map'],
  ['filter', 'filter'],
  ['transformList', 'transformList'],
  ['transformMap', 'transformMap'],
  ['transformMapEntry', 'transformMapEntry'],
  ['sortBy', 'sortBy'],
]);

const quantifiers = new Set<FoldMacro>(['all', 'exists', 'exists_one']);
const transforms = new Set<FoldMacro>(['transformList', 'transformMap', 'transformMapEntry']);

const fault = (node: Node, text: string): Expansion => ({ fault: { at: node.at, text } });

const fold = (at: number, macro: FoldMacro, range: Node, args: readonly Node[]): Expansion | undefined => {
  const [first, second, third, fourth] = args;
  if (first === undefined || second === undefined) return undefined;
  const overwrites = (node: Node) => node.kind === 'ident' && (node.name === '__result__' || node.name === '@result');
  if (transforms.has(macro) || (quantifiers.has(macro) && args.length === 3)) {
    if (third === undefined || args.length > (transforms.has(macro) ? 4 : 3)) return undefined;
    for (const variable of [first, second]) {
      if (variable.kind !== 'ident') return fault(variable, 'argument must be a simple name');
    }
    if (first.kind !== 'ident' || second.kind !== 'ident') return undefined;
    if (first.name === second.name) return fault(second, `duplicate variable name: ${first.name}`);
    for (const variable of [first, second]) {
      if (overwrites(variable)) return fault(variable, 'iteration variable overwrites accumulator variable');
    }
    const rest = fourth === undefined ? { step: third } : { filter: third, step: fourth };
    return { node: { kind: 'fold', at, macro, range, variable: first.name, second: second.name, ...rest } };
  }
  const most = macro === 'map' ? 3 : 2;
  if (args.length > most) return undefined;
  if (first.kind !== 'ident') {
    const text = quantifiers.has(macro) ? 'argument must be a simple name' : 'argument is not an identifier';
    return fault(first, text);
  }
  if (overwrites(first)) return fault(first, 'iteration variable overwrites accumulator variable');
  const rest = third === undefined ? { step: second } : { filter: second, step: third };
  return { node: { kind: 'fold', at, macro, range, variable: first.name, ...rest } };
};

/** What a call stands for if it is a macro; undefined for a call of a function. */
export const expandMacro = (at: number, name: string, target: Node | undefined, args: readonly Node[]): Expansion | undefined => {
  const [first, second] = args;
  if (target === undefined) {
    if (name !== 'has' || args.length !== 1 || first === undefined) return undefined;
    if (first.kind !== 'select') return fault(first, 'invalid argument to has() macro');
    return { node: { ...first, at, test: true } };
  }
  if (name === 'optMap' || name === 'optFlatMap') {
    if (first === undefined || second === undefined || args.length !== 2) return undefined;
    if (first.kind !== 'ident') return fault(first, `${name}() variable name must be a simple identifier`);
    const flat = name === 'optFlatMap';
    return { node: { kind: 'optMap', at, flat, target, variable: first.name, step: second } };
  }
  const macro = folds.get(name);
  return macro === undefined ? undefined : fold(at, macro, target, args);
};
