#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { type Command, InputError, type Invocation, UsageError } from './command.js';
import { commands } from './commands.js';

const parse = (command: Command, args: readonly string[]): Invocation => {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: { type: 'boolean', short: 'h', help: '' } as const }).map(
      ([name, { type, short }]) => [name, { type, ...(short === undefined ? {} : { short }) }],
    ),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const invocation = { positionals, options: values as Invocation['options'] };
    for (const [name, { values: allowed }] of Object.entries(command.options)) {
      const value = invocation.options[name];
      if (typeof value === 'string' && allowed !== undefined && !allowed.includes(value))
        throw new UsageError(`--${name} takes ${allowed.join(', ')}; it was given "${value}"`);
    }
    return invocation;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // parseArgs says what is wrong in its first sentence; the rest is about its own interface.
    throw new UsageError((error instanceof Error ? error.message : String(error)).split(/\. (?=To|Did)/)[0] ?? 'wrong usage');
  }
};

const run = async (args: readonly string[]): Promise<number> => {
  const [name, ...rest] = args;
  const help = commands.find((command) => command.name === 'help');
  if (name === '--version' || name === '-v') {
    const { version } = await import('./version.js');
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (help === undefined || name === undefined || name === '--help' || name === '-h')
    return help?.run({ positionals: [], options: {} }, commands) ?? 2;
  if (command === undefined)
    throw new UsageError(`there is no command "${name}"; there are ${commands.map((each) => each.name).join(', ')}`);
  const invocation = parse(command, rest);
  return invocation.options.help === true
    ? help.run({ positionals: [command.name], options: {} }, commands)
    : command.run(invocation, commands);
};

/** Node ends by itself when everything is printed; `process.exit` would cut a pipe short. */
const main = async (): Promise<void> => {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`plimsoll: ${error.message}\nplimsoll help shows how it is used.\n`);
      process.exitCode = 2;
    } else if (error instanceof InputError) {
      process.stderr.write(`plimsoll: ${error.message}\n`);
      process.exitCode = 1;
    } else {
      process.stderr.write(
        `plimsoll: this is a fault of Plimsoll itself, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exitCode = 2;
    }
  }
};

// A reader that goes away (`| head`) is not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await main();
