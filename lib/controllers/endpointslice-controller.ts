import type { EndpointSlice, Endpoints, Pod, Service } from '../api/generated/types.js';
import { type Admitted, type KubeObject, refOf } from '../api/object.js';
import { equal } from '../apiserver/equal.js';
import type { Stored } from '../apiserver/kinds.js';
import type { Store } from '../apiserver/store.js';
import { type Controller, type ControllerContext, keyFor, noKeys, objectOf, splitKey } from './controller.js';
import { type DesiredSlice, endpointSlicesOf, type Nodes, selectsPods } from './endpointslice.js';
import { mirroredSlicesOf } from './endpointslicemirroring.js';
import { isFinished } from './pods.js';

const nodesOf = new WeakMap<Store, Nodes>();

const nodesIn = (store: Store): Nodes => {
  const known = nodesOf.get(store);
  if (known !== undefined) return known;
  const nodes: Nodes = {
    get: (name) => store.find('Node', undefined, name),
    values: () => store.list('Node').values(),
  };
  nodesOf.set(store, nodes);
  return nodes;
};

/** Makes the slices that an owner has be the ones it shall have. */
const replaceSlices = (owner: Admitted, wanted: readonly DesiredSlice[], { api, store }: ControllerContext): void => {
  const existing = store.controlledBy('EndpointSlice', owner.metadata.uid);
  for (const slice of wanted) {
    const before = existing.length === 0 ? undefined : existing.find(({ metadata }) => metadata.name === slice.metadata.name);
    if (before === undefined) api.create(slice as object as KubeObject, { trusted: true });
    else if (!sameSlice(before, slice)) {
      const metadata = { ...before.metadata, ...slice.metadata };
      api.update({ ...(before as Admitted as Stored), ...slice, metadata }, { trusted: true });
    }
  }
  for (const slice of existing) {
    if (!wanted.some(({ metadata }) => metadata.name === slice.metadata.name)) api.delete(refOf(slice));
  }
};

const sameSlice = (a: EndpointSlice, b: EndpointSlice): boolean =>
  equal(a.endpoints, b.endpoints) && equal(a.ports, b.ports) && equal(a.metadata?.labels, b.metadata?.labels);

const addressOf = (pod: Admitted): string | undefined => (pod as Admitted<Pod>).status?.podIP;

/** Seconds that Pods have to start before a new Service gets a slice without endpoints. */
const patience = 2;

/** The Service is new, and so are its Pods: an empty slice would be replaced in a moment. */
const areStarting = (
  pods: readonly Admitted<Pod>[],
  { metadata }: Admitted<Service>,
  { store, clock }: ControllerContext,
): boolean => {
  if (pods.length === 0) return false;
  for (const pod of pods) if (addressOf(pod) !== undefined || isFinished(pod)) return false;
  // A time is told in whole seconds.
  const { creationTimestamp = '' } = metadata;
  const isNew = creationTimestamp === clock.timestamp || clock.now < Date.parse(creationTimestamp) + patience * 1000;
  return isNew && store.controlledBy('EndpointSlice', metadata.uid).length === 0;
};

const uidOf = ({ metadata }: Admitted): string => metadata.uid;

/** Keeps the EndpointSlices of the Services that select Pods. */
export const endpointSliceController: Controller = {
  name: 'endpoint-slice-controller',
  kinds: ['Service', 'Pod'],
  observes: true,
  keysFor: ({ object, previous }, store) => {
    if (object.kind === 'Service') return object.metadata.uid;
    // A Pod without an address is in no slice, whatever else happens to it.
    if (addressOf(object) === undefined && (previous === undefined || addressOf(previous) === undefined)) return noKeys;
    const namespace = object.metadata.namespace ?? '';
    const services = store.servicesSelecting(namespace, object.metadata.labels ?? {});
    if (previous === undefined || previous.metadata.labels === object.metadata.labels) {
      const only = services[0];
      return only !== undefined && services.length === 1 ? only.metadata.uid : services.map(uidOf);
    }
    return [...new Set([...services, ...store.servicesSelecting(namespace, previous.metadata.labels ?? {})].map(uidOf))];
  },
  reconcile: (key, context) => {
    const { store } = context;
    const service = objectOf<Service>(store, key);
    if (service === undefined || service.metadata.deletionTimestamp !== undefined || !selectsPods(service)) return;
    const pods = store.podsWith(service.metadata.namespace ?? '', service.spec?.selector ?? {});
    if (areStarting(pods, service, context)) {
      context.after(patience, key);
      return;
    }
    const { slices, errors } = endpointSlicesOf(service, pods, nodesIn(store));
    replaceSlices(service, slices, context);
    for (const error of errors) {
      context.event(
        'Warning',
        'FailedToUpdateEndpointSlices',
        `Error updating Endpoint Slices for Service ${keyFor(service)}: ${error}`,
        service,
      );
    }
  },
};

/** Mirrors Endpoints that authors write for Services without a selector into EndpointSlices. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpoint-slice-mirroring-controller',
  kinds: ['Endpoints', 'Service'],
  serves: ['Endpoints', 'Service'],
  keysFor: ({ object }, store) => {
    const { namespace, name } = object.metadata;
    // Endpoints of a Service that selects Pods are not mirrored, but may have been before.
    const isUnneeded =
      object.kind === 'Service' && selectsPods(object as Service) && store.find('Endpoints', namespace, name) === undefined;
    return isUnneeded ? noKeys : keyFor(object);
  },
  reconcile: (key, context) => {
    const endpoints: Admitted<Endpoints> | undefined = context.store.find('Endpoints', ...splitKey(key));
    if (endpoints === undefined) return;
    replaceSlices(endpoints, mirroredSlicesOf(endpoints, context.store.find('Service', ...splitKey(key))), context);
  },
};
