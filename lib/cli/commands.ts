import type { Command, Option } from './command.js';
import { worldOptions } from './world-options.js';

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
const schedulerConfig: Option = {
  type: 'string',
  value: 'FILE',
  help: 'how the scheduler is configured: the KubeSchedulerConfiguration that kube-scheduler reads with --config',
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
      'scheduler-config': schedulerConfig,
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
      'scheduler-config': schedulerConfig,
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
    name: 'map',
    usage: '[PROGRAM...|FILE|DIR|- ...] | --diff OLD NEW',
    summary: 'Show who may connect to whom in the simulated cluster, what is open to the outside, and what no policy protects.',
    options: {
      diff: {
        type: 'boolean',
        help: 'what became possible and what no longer is from OLD to NEW, and the object that caused it',
      },
      format: {
        type: 'string',
        value: 'FORMAT',
        values: ['text', 'json', 'mermaid', 'dot', 'svg'],
        help: 'text (default), json, or a picture: mermaid, dot (Graphviz), svg',
      },
      namespace: { type: 'string', short: 'n', value: 'NS', help: 'only what this namespace has to do with' },
      cluster: worldOptions.cluster,
      app: worldOptions.app,
    },
    examples: [
      { command: 'plimsoll map', does: 'the network of the programs of cdk8s.yaml' },
      { command: 'plimsoll map k8s/ --format svg > network.svg', does: 'plain manifests, as a picture' },
      { command: 'plimsoll map --diff dist main.ts', does: 'what the next synth changes, and which policy does' },
    ],
    run: async (invocation) => (await import('./map.js')).map(invocation),
  },
  {
    name: 'reach',
    usage: 'FROM TO[:PORT]',
    summary:
      'Trace one connection hop by hop: what decides each, where it breaks, and the smallest fix. Exit code 1 if it does not arrive.',
    options: {
      ...worldOptions,
      format,
    },
    examples: [
      { command: 'plimsoll reach web/front data/db:5432', does: 'a workload to a Service, by its name' },
      { command: 'plimsoll reach outside https://shop.example.com/api -f k8s/', does: 'from outside through an Ingress' },
      { command: 'plimsoll reach pod/web/front-0 10.0.3.7:443', does: 'a Pod to an address' },
    ],
    run: async (invocation) => (await import('./reach.js')).reach(invocation),
  },
  {
    name: 'explain',
    usage: '[POD|WORKLOAD]',
    summary: 'Explain why Pods run on their nodes or on none: what stands in the way, and the smallest changes that would help.',
    options: {
      ...worldOptions,
      now: { type: 'boolean', help: 'Pods with a node: as the cluster stands now, and not as it stood when they were placed' },
      format,
    },
    examples: [
      { command: 'plimsoll explain', does: 'every Pod without a node' },
      { command: 'plimsoll explain web/api', does: 'the Pods of a workload; also api, deployment/api, pod/web/api-0' },
      {
        command: 'plimsoll explain api -f k8s/ --cluster nodes.json',
        does: 'of plain manifests, on the nodes of a real cluster',
      },
    ],
    run: async (invocation) => (await import('./explain.js')).explain(invocation),
  },
  {
    name: 'capacity',
    usage: '[WORKLOAD]',
    summary:
      'Tell how full nodes and pools are and how many nodes everything needs, or how many more replicas of a workload fit.',
    options: {
      ...worldOptions,
      pool: { type: 'string', value: 'NAME', help: 'try sizes of this node pool only' },
      format,
    },
    examples: [
      { command: 'plimsoll capacity', does: 'utilization, Pods without a node, the smallest pools that fit' },
      { command: 'plimsoll capacity shop/web', does: 'how many more replicas fit, and what runs out first' },
      {
        command: 'plimsoll capacity --cluster cluster.json',
        does: 'of a real cluster: kubectl get all,nodes,pv,pvc,... -A -o json',
      },
    ],
    run: async (invocation) => (await import('./capacity.js')).capacity(invocation),
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
