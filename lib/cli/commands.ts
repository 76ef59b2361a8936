import type { Command, Option } from './command.js';

const format: Option = {
  type: 'string',
  value: 'FORMAT',
  values: ['text', 'json'],
  help: 'how the verdict is printed: text (default) or json',
};
const against: Option = {
  type: 'string',
  value: 'FILE|DIR',
  help: 'what runs now (the last output, or `kubectl get ... -o json`): the manifests are judged as a change to it',
};
const strict: Option = { type: 'boolean', help: 'warnings close the gate too' };

/** Every command. What a command does is loaded when it runs, so that starting stays fast. */
export const commands: readonly Command[] = [
  {
    name: 'synth',
    usage: '[PROGRAM...]',
    summary: 'Run programs, try their manifests in a simulated cluster, and write them if the cluster accepts them.',
    options: {
      output: {
        type: 'string',
        short: 'o',
        value: 'DIR',
        help: 'directory to write to (default: output of cdk8s.yaml, else dist)',
      },
      layout: {
        type: 'string',
        value: 'LAYOUT',
        values: ['chart', 'app', 'resource', 'stdout'],
        help: 'one file per chart (default), per app, per resource, or all to standard output',
      },
      against,
      format,
      strict,
    },
    examples: [
      { command: 'plimsoll synth', does: 'the programs of cdk8s.yaml, into its output directory' },
      {
        command: 'plimsoll synth apps/shop/main.ts --output manifests --layout resource',
        does: 'one program, one file per object',
      },
      { command: 'plimsoll synth --layout stdout | kubectl apply -f -', does: 'verify, then apply' },
      { command: 'plimsoll synth --against dist', does: 'also find what cannot be changed in what the last synth wrote' },
    ],
    run: async (invocation) => (await import('./synth.js')).synth(invocation),
  },
  {
    name: 'check',
    usage: 'FILE|DIR|- ...',
    summary: 'Try plain manifests (YAML or JSON, Helm or Kustomize output) in a simulated cluster. Writes nothing.',
    options: {
      cluster: {
        type: 'string',
        value: 'FILE',
        help: 'the cluster to try them in: output of `kubectl get nodes,pods,... -o json`',
      },
      against,
      format,
      strict,
    },
    examples: [
      { command: 'plimsoll check k8s/', does: 'all manifests of a directory' },
      { command: 'helm template shop ./chart | plimsoll check -', does: 'what Helm renders' },
      {
        command: 'kubectl get nodes -o json > nodes.json && plimsoll check k8s/ --cluster nodes.json',
        does: 'against the nodes of a real cluster',
      },
    ],
    run: async (invocation) => (await import('./check.js')).check(invocation),
  },
  {
    name: 'init',
    usage: '[TEMPLATE] [DIR]',
    summary: 'Start a project from a template: service (default), sidecar, rbac-agent.',
    options: {},
    examples: [
      { command: 'plimsoll init', does: 'a Deployment behind a Service, in this directory' },
      { command: 'plimsoll init sidecar my-cluster', does: 'init container and sidecar, in a new directory' },
    ],
    run: async (invocation) => (await import('./init.js')).init(invocation),
  },
  {
    name: 'help',
    usage: '[COMMAND|CODE]',
    summary: 'Explain a command, or a finding by its code.',
    options: {},
    examples: [
      { command: 'plimsoll help synth', does: 'options and examples of synth' },
      { command: 'plimsoll help schedule/unschedulable', does: 'what the finding means and what to do' },
    ],
    run: async (invocation, all) => (await import('./help.js')).help(invocation, all),
  },
  {
    name: 'completion',
    usage: 'bash|zsh|fish',
    summary: 'Print a completion script for a shell.',
    options: {},
    examples: [
      { command: 'source <(plimsoll completion bash)', does: 'complete in this shell' },
      { command: 'plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish', does: 'complete in every fish' },
    ],
    run: async (invocation, all) => (await import('./completion.js')).completion(invocation, all),
  },
];
