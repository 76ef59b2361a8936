import { type Command, type Invocation, UsageError } from './command.js';

const flags = ({ options }: Command): readonly string[] => [...Object.keys(options).map((name) => `--${name}`), '--help'];

/** `option values` of all commands: the value lists that a shell can complete. */
const valueLists = (commands: readonly Command[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    commands.flatMap(({ options }) =>
      Object.entries(options).flatMap(([name, { values }]) => (values === undefined ? [] : [[`--${name}`, values] as const])),
    ),
  );

const bash = (commands: readonly Command[]): string => `_plimsoll() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$previous" in
${[...valueLists(commands)].map(([option, values]) => `    ${option}) COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current")); return ;;`).join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current")); return; fi
  case "\${COMP_WORDS[1]}" in
${commands.map((command) => `    ${command.name}) case "$current" in -*) COMPREPLY=($(compgen -W "${flags(command).join(' ')}" -- "$current")) ;; *) COMPREPLY=($(compgen -f -- "$current")) ;; esac ;;`).join('\n')}
  esac
}
complete -o filenames -F _plimsoll plimsoll
`;

const zsh = (commands: readonly Command[]): string => `#compdef plimsoll
_plimsoll() {
  local -a commands
  commands=(${commands.map(({ name, summary }) => `'${name}:${summary.replaceAll("'", '').replaceAll(':', '')}'`).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${commands
  .map(
    (command) =>
      `    ${command.name}) _arguments ${Object.entries(command.options)
        .map(
          ([name, { help, values, type }]) =>
            `'--${name}[${help.replaceAll("'", '').replaceAll('[', '(').replaceAll(']', ')')}]${values !== undefined ? `:value:(${values.join(' ')})` : type === 'string' ? ':value:_files' : ''}'`,
        )
        .join(' ')} '*:file:_files' ;;`,
  )
  .join('\n')}
  esac
}
compdef _plimsoll plimsoll
`;

const fish = (commands: readonly Command[]): string =>
  [
    ...commands.map(
      ({ name, summary }) => `complete -c plimsoll -n __fish_use_subcommand -f -a ${name} -d '${summary.replaceAll("'", '')}'`,
    ),
    ...commands.flatMap((command) =>
      Object.entries(command.options).map(
        ([name, { help, values, type }]) =>
          `complete -c plimsoll -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${values !== undefined ? ` -x -a '${values.join(' ')}'` : type === 'string' ? ' -r' : ''} -d '${help.replaceAll("'", '')}'`,
      ),
    ),
    '',
  ].join('\n');

const shells: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

/** `plimsoll completion SHELL`: a script made from the command table. */
export const completion = async ({ positionals }: Invocation, commands: readonly Command[]): Promise<number> => {
  const [shell = ''] = positionals;
  const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (script === undefined) throw new UsageError(`completion takes one of ${Object.keys(shells).join(', ')}`);
  process.stdout.write(script(commands));
  return 0;
};
