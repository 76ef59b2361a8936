/** Unicode's general categories under their long names, without what Go passes over when it reads one: case, blanks, hyphens, underscores. */
const categories: ReadonlyMap<string, string> = new Map(
  [
    'C other',
    'Cc control cntrl',
    'Cf format',
    'Cn unassigned',
    'Co privateuse',
    'Cs surrogate',
    'L letter',
    'LC casedletter',
    'Ll lowercaseletter',
    'Lm modifierletter',
    'Lo otherletter',
    'Lt titlecaseletter',
    'Lu uppercaseletter',
    'M mark combiningmark',
    'Mc spacingmark',
    'Me enclosingmark',
    'Mn nonspacingmark',
    'N number',
    'Nd decimalnumber digit',
    'Nl letternumber',
    'No othernumber',
    'P punctuation punct',
    'Pc connectorpunctuation',
    'Pd dashpunctuation',
    'Pe closepunctuation',
    'Pf finalpunctuation',
    'Pi initialpunctuation',
    'Po otherpunctuation',
    'Ps openpunctuation',
    'S symbol',
    'Sc currencysymbol',
    'Sk modifiersymbol',
    'Sm mathsymbol',
    'So othersymbol',
    'Z separator',
    'Zl lineseparator',
    'Zp paragraphseparator',
    'Zs spaceseparator',
  ].flatMap((line) => {
    const [short = '', ...long] = line.split(' ');
    return long.map((name): [string, string] => [name, short]);
  }),
);

/** The name that a class of characters has in Unicode's tables: `Lu` of `uppercase letter`, `Greek` of `GREEK`. */
export const categoryName = (written: string): string => {
  const name = written.replace(/[ _-]/g, '').toLowerCase();
  return categories.get(name) ?? name.slice(0, 1).toUpperCase() + name.slice(1);
};
