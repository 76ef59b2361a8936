import type { Option } from './command.js';

/** The options of every command that asks a settled cluster. */
export const worldOptions = {
  file: {
    type: 'string',
    short: 'f',
    value: 'FILE|DIR|-',
    help: 'a program, or manifests, to ask about (default: the programs of cdk8s.yaml)',
  },
  cluster: {
    type: 'string',
    value: 'FILE',
    help: 'the cluster that the manifests are tried in, or to ask about: output of `kubectl get nodes,pods,... -o json`',
  },
  app: { type: 'string', value: 'FOLDER', help: 'the App with this folder, where a program has several' },
} satisfies Record<string, Option>;
