import type { Service } from '../../api/generated/types.js';
import { refKey, refText } from '../../api/object.js';
import { parseAddress } from '../../network/address.js';
import type { Path } from '../../network/path.js';
import { type Dependency, dependenciesOf, destinationOf } from '../dependencies.js';
import { fieldOf, withField } from '../edit.js';
import type { Evidence } from '../finding.js';
import type { Destination } from '../intent.js';
import type { Candidate, Connection, Draft, DryRun, Rule } from '../rule.js';
import { otherDestination, otherName } from './connection-destinations.js';
import { serverOf, waysThrough } from './connection-fixes.js';
import { evidenceOf } from './connections.js';
import { silentDns } from './dependencies-dns.js';

const asWritten = ({ host, port }: Dependency): string => `${host}${port === undefined ? '' : `:${port}`}`;

const whoCalls = ({ container, from, place }: Dependency): string =>
  `container ${container} of ${refText(from)} is told to call`.concat(place.object.kind === 'Secret' ? ' (in a Secret)' : '');

/** Declared calls and intents that say the same: they are judged as what the author said. */
const declared = (connections: readonly Connection[]): ReadonlySet<string> =>
  new Set(connections.map(({ from, to }) => `${refKey(from)} ${to.kind === 'host' ? to.host.toLowerCase() : refKey(to.object)}`));

/** Another host or port written into the text where the call was read. */
const rewritten = (run: DryRun, { place, secret, host, port }: Dependency, to: Destination | undefined): readonly Candidate[] => {
  if (to === undefined || secret) return [];
  const other = to.kind === 'host' ? to.host : host;
  const manifest = run.manifestOf(place.object);
  const text = manifest === undefined ? undefined : fieldOf(manifest.object, place.field);
  const [from, into] = to.port === port ? [host, other] : [`${host}:${port}`, `${host}:${to.port}`];
  if (typeof text !== 'string' || !text.includes(from)) return [];
  return [
    {
      text: `write ${other}${to.port === undefined ? '' : `:${to.port}`} instead of ${host}${port === undefined ? '' : `:${port}`} in ${place.text}`,
      change: { edit: place.object, to: withField(place.field, text.replace(from, into)) },
    },
  ];
};

const placeOf = (dependency: Dependency): readonly Evidence[] => {
  const { place, from } = dependency;
  const message = `names ${asWritten(dependency)}`;
  return refKey(place.object) === refKey(from)
    ? [{ kind: 'field', path: place.field, message }]
    : [{ kind: 'object', object: place.object, text: `${place.text} ${message}` }];
};

const draftOf = (
  dependency: Dependency,
  code: 'network/unreachable' | 'network/dns-blocked',
  message: string,
  path: Path | undefined,
  fixes: readonly Candidate[],
): Draft => {
  const { from, place } = dependency;
  return {
    code,
    severity: 'warning',
    object: from,
    ...(refKey(place.object) === refKey(from) && { field: place.field }),
    intent: `calls(${asWritten(dependency)})`,
    message,
    evidence: [...placeOf(dependency), ...evidenceOf(path?.hops ?? [])],
    fixes,
  };
};

const assumed = (dependency: Dependency, why: string): Draft => ({
  code: 'assumption/outside',
  severity: 'assumption',
  object: dependency.from,
  message: `${whoCalls(dependency)} ${asWritten(dependency)} (${dependency.place.text}): ${why}`,
});

/** A name that no Service has: nearly the name of one, or perhaps of one that is not in these manifests. */
const nameless = (run: DryRun, dependency: Dependency): readonly Draft[] => {
  const { kind, host, port, pod, place } = dependency;
  const name = otherName(run, host.replace(/\.cluster\.local$/, '').replace(/\.svc$/, ''), pod.metadata.namespace);
  const message = `${whoCalls(dependency)} ${asWritten(dependency)} (${place.text}), and no Service has this name`;
  if (name !== undefined) {
    const other: Destination = { kind: 'host', host: name, port: port ?? 0 };
    const fixes = rewritten(run, { ...dependency, port: port ?? 0 }, other);
    return [draftOf(dependency, 'network/unreachable', `${message}; ${name} is one`, undefined, fixes)];
  }
  if (kind === 'missing' && run.world === 'closed') return [draftOf(dependency, 'network/unreachable', message, undefined, [])];
  return [assumed(dependency, 'no Service here has this name; that it exists is assumed')];
};

/** A Service without such a port; without endpoints it is said of the Service. */
const lacksPort = (run: DryRun, { service, port }: Dependency): boolean =>
  service !== undefined &&
  !((run.cluster.get(service) as Service | undefined)?.spec?.ports ?? []).some((each) => each.port === port);

/** Where a policy may be in the way. Elsewhere a Service that has the port is reached, or it is said of the Service why not. */
const policed = (run: DryRun): ((namespace: string | undefined) => boolean) => {
  const { cluster, input } = run;
  const namespaces = new Set(cluster.list('NetworkPolicy').map(({ metadata }) => metadata.namespace));
  const apiVersion = 'policy.networking.k8s.io/v1alpha1';
  const admin = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'].some(
    (kind) => cluster.list({ apiVersion, kind }).length > 0,
  );
  // Policies of the cluster DNS are in everybody's way, and containers that are known to listen on something else.
  const everywhere = admin || namespaces.has('kube-system') || (input.behaviours?.size ?? 0) > 0;
  return (namespace) => everywhere || namespaces.has(namespace);
};

const judged = (run: DryRun, dependency: Dependency, isPoliced: ReturnType<typeof policed>): readonly Draft[] => {
  const { kind, pod, from, host, port, protocol, place } = dependency;
  if (kind === 'unknown' || kind === 'missing') return nameless(run, dependency);
  const to = destinationOf(dependency);
  if (to === undefined || port === undefined) return [];
  const free = !isPoliced(from.namespace) && !(dependency.service !== undefined && isPoliced(dependency.service.namespace));
  if (free && kind === 'outside') return [assumed(dependency, 'that it exists and answers is assumed')];
  if (free && !lacksPort(run, dependency)) return [];
  const path = run.network.connect({ pod }, { host, port, protocol });
  const hop = path.blockedAt;
  if (hop === undefined) return kind === 'outside' ? [assumed(dependency, 'that it exists and answers is assumed')] : [];
  const blocked = { from, to, path };
  const what = `${whoCalls(dependency)} ${asWritten(dependency)} (${place.text})`;
  // Denied by a policy; a name that is not there has a Service as its object, or none.
  if (hop.at === 'dns' && hop.object !== undefined && hop.object.kind !== 'Service') {
    const message = `${what} and cannot ask the cluster DNS`;
    return [draftOf(dependency, 'network/dns-blocked', message, path, waysThrough(run, blocked))];
  }
  const server = serverOf(run, blocked);
  if (server !== undefined && run.blamed(server)) return [];
  const unready = hop.at === 'ready' || hop.at === 'endpoint' || (hop.at === 'service' && !lacksPort(run, dependency));
  if (unready || hop.at === 'dns') return [];
  const fixes = [...rewritten(run, dependency, otherDestination(run, blocked)), ...waysThrough(run, blocked)];
  return [draftOf(dependency, 'network/unreachable', `${what} and does not reach it: ${hop.text}`, path, fixes)];
};

/** The calls that configuration speaks of. They are guesses, so that none of them is an error. */
export const dependenciesRule: Rule = (run) => {
  const found = dependenciesOf(run.cluster, run.pods);
  const said = found.length === 0 ? undefined : declared(run.connections);
  const isPoliced = policed(run);
  const seen = new Set<string>();
  // Workloads that were found to ask the cluster DNS, or not to: no more is to be said of that.
  const asking = new Set<string>();
  const drafts = found.flatMap((dependency): readonly Draft[] => {
    const { from, service, host, port } = dependency;
    const client = refKey(from);
    const keys = [host, ...(service === undefined ? [] : [refKey(service)])].map((to) => `${client} ${to}`);
    const key = `${keys.at(-1)} ${port}`;
    if (seen.has(key) || keys.some((each) => said?.has(each))) return [];
    seen.add(key);
    if (
      (dependency.kind === 'cluster' || dependency.kind === 'outside') &&
      port !== undefined &&
      parseAddress(host) === undefined
    )
      asking.add(client);
    return judged(run, dependency, isPoliced);
  });
  return [...drafts, ...silentDns(run, (workload) => asking.has(refKey(workload)) || run.blamed(workload))];
};
