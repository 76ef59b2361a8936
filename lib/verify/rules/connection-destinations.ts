import { nearest } from '../../api/decode/suggest.js';
import type { Service } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf } from '../../api/object.js';
import type { Destination } from '../intent.js';
import type { DryRun } from '../rule.js';
import type { Blocked } from './connection-fixes.js';

const portsOf = ({ spec }: Service) => spec?.ports ?? [];

/** A port that the Service has, for one that it does not have. */
const otherPort = (service: Service, port: number | string | undefined): number | string | undefined => {
  const ports = portsOf(service);
  if (service.spec?.type === 'ExternalName' || port === undefined) return undefined;
  if (ports.some((each) => each.port === port || each.name === port)) return undefined;
  const name =
    typeof port === 'string'
      ? nearest(
          port,
          ports.flatMap(({ name: own }) => own ?? []),
        )
      : undefined;
  return name ?? (ports.length === 1 ? ports[0]?.port : undefined);
};

const serviceAt = (run: DryRun, ref: ObjectRef | undefined): Service | undefined =>
  ref?.kind === 'Service' ? (run.cluster.get(ref) as Service | undefined) : undefined;

/** Services by name, and names by namespace. */
interface Index {
  readonly called: ReadonlyMap<string, readonly Admitted<Service>[]>;
  readonly within: ReadonlyMap<string, readonly string[]>;
  /** `namespace/written` to the name that is meant. */
  readonly nearest: Map<string, string | undefined>;
}

const indexes = new WeakMap<readonly Admitted<Service>[], Index>();

const indexOf = (services: readonly Admitted<Service>[]): Index => {
  const known = indexes.get(services);
  if (known !== undefined) return known;
  const called = new Map<string, Admitted<Service>[]>();
  const within = new Map<string, string[]>();
  const add = <T>(map: Map<string, T[]>, key: string, item: T): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [item]);
    else list.push(item);
  };
  for (const service of services) {
    add(called, service.metadata.name, service);
    add(within, service.metadata.namespace ?? '', service.metadata.name);
  }
  const index: Index = { called, within, nearest: new Map() };
  indexes.set(services, index);
  return index;
};

const nearestWithin = ({ within, nearest: known }: Index, written: string, namespace: string): string | undefined => {
  const key = `${namespace}/${written}`;
  if (!known.has(key)) known.set(key, nearest(written, within.get(namespace) ?? []));
  return known.get(key);
};

/** A Service whose name, or namespace, is nearly what was written: `postgres` for `postgers`, `db.data` for `db`. */
export const otherName = (run: DryRun, host: string, namespace: string | undefined): string | undefined => {
  const [first = '', ...rest] = host.split('.');
  const index = indexOf(run.cluster.list('Service'));
  if (rest.length === 0) {
    const called = index.called.get(first) ?? [];
    // Written without a namespace it is for any: kubectl apply -n.
    const floating = (service: Admitted<Service>): boolean => {
      const manifest = run.world === 'open' ? run.manifestOf(refOf(service)) : undefined;
      return manifest !== undefined && manifest.object.metadata.namespace === undefined;
    };
    const [home, another] = called.some(floating) ? [] : called.flatMap(({ metadata }) => metadata.namespace ?? []);
    if (home !== undefined && another === undefined) return `${first}.${home}`;
    if (called.length > 0) return undefined;
  }
  const meant = nearestWithin(index, first, rest[0] ?? namespace ?? '');
  return meant === undefined || meant === first ? undefined : [meant, ...rest].join('.');
};

/** What the author may have meant by a destination that is not there. */
export const otherDestination = (run: DryRun, { from, to, path }: Blocked): Destination | undefined => {
  const at = path.blockedAt;
  if (to.kind === 'object') {
    const service = serviceAt(run, to.object);
    const port = service && otherPort(service, to.port);
    if (port !== undefined) return { ...to, port };
    if (service !== undefined || to.object.kind !== 'Service') return undefined;
    const name = otherName(run, to.object.name, to.object.namespace);
    return name === undefined || name.includes('.') ? undefined : { ...to, object: { ...to.object, name } };
  }
  if (at?.at === 'dns') {
    const host = at.denied === undefined ? otherName(run, to.host, from.namespace) : undefined;
    return host === undefined ? undefined : { ...to, host };
  }
  const service = at?.at === 'service' ? serviceAt(run, at.object) : undefined;
  const port = service && otherPort(service, to.port);
  return typeof port === 'number' ? { ...to, port } : undefined;
};
