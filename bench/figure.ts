const wholeUnits: ReadonlySet<string> = new Set(['MB', 'objects', 'pods/s']);

/** Prints one figure: `cold-synth/plimsoll            0.412 s`. */
export const figure = (name: string, value: number, unit: string): void => {
  process.stdout.write(`${name.padEnd(36)} ${value.toFixed(wholeUnits.has(unit) ? 0 : 3).padStart(10)} ${unit}\n`);
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
