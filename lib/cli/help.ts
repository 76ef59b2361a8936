import { type FindingCode, findingCodes } from '../verify/finding.js';
import { type Command, type Invocation, UsageError } from './command.js';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`).join('\n');
};

const overview = (
  commands: readonly Command[],
): string => `Plimsoll compiles Kubernetes clusters written as code to YAML, and writes it only if a simulated cluster accepts it.

Usage: plimsoll COMMAND

${columns(commands.map(({ name, summary }) => [name, summary] as const))}

Options: --help for any command, --version.
Exit codes: 0 accepted, 1 refused (the report says why), 2 wrong usage or a fault of Plimsoll.
Configuration: cdk8s.yaml (app, output), with a section plimsoll: { app, output, layout, strict } that comes first.
`;

const ofCommand = (command: Command): string => {
  const options = Object.entries(command.options).map(
    ([name, { short, value, help }]) =>
      [`${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  return `plimsoll ${command.name} ${command.usage}

${command.summary}
${options.length === 0 ? '' : `\nOptions:\n${columns([...options, ['-h, --help', 'this text']])}\n`}
Examples:
${command.examples.map(({ command: line, does }) => `  ${line}\n      ${does}`).join('\n')}
`;
};

const ofCode = (code: FindingCode): string => {
  const { stage, title, remedy } = findingCodes[code];
  return `${code} (${stage})\n\n${title[0]?.toUpperCase() ?? ''}${title.slice(1)}.\n\n${remedy}\n\nTo accept it where it is meant: construct.accept('${code}', 'why'), or the annotation\nplimsoll.dev/accept.${code.replace('/', '.')}: why\n`;
};

const isCode = (text: string): text is FindingCode => Object.hasOwn(findingCodes, text);

/** `plimsoll help [COMMAND|CODE]`. */
export const help = async ({ positionals }: Invocation, commands: readonly Command[]): Promise<number> => {
  const [topic] = positionals;
  const command = commands.find(({ name }) => name === topic);
  if (topic === undefined) process.stdout.write(overview(commands));
  else if (command !== undefined) process.stdout.write(ofCommand(command));
  else if (isCode(topic)) process.stdout.write(ofCode(topic));
  else
    throw new UsageError(
      `there is no help on "${topic}"; topics are the commands and the codes ${Object.keys(findingCodes).join(', ')}`,
    );
  return 0;
};
