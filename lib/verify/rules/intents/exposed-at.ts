import { type ObjectRef, refKey, refOf, refText } from '../../../api/object.js';
import type { Path } from '../../../network/path.js';
import type { IntentOf } from '../../intent.js';
import type { Draft, DryRun } from '../../rule.js';
import { broken, nobody } from './draft.js';
import { podsBehind } from './guarded.js';
import { entranceText } from './intent-text.js';
import { knocksOf, servicesOf } from './knocks.js';
import { waysIn } from './ways-in.js';

/** Some address outside (TEST-NET-3, RFC 5737): what a rule says of it, it says of the world. */
const somewhere = '203.0.113.1';

/** Whether a path ends at one of these Pods, by the Service that is meant. */
const leadsTo = (path: Path, of: ObjectRef, pods: ReadonlySet<string>): boolean => {
  const through = path.hops.filter(({ at, object }) => at === 'service' && object !== undefined);
  const byService =
    of.kind !== 'Service' || through.length === 0 || through.some(({ object }) => object && refKey(object) === refKey(of));
  return byService && path.hops.some(({ at, object }) => at === 'endpoint' && object !== undefined && pods.has(refKey(object)));
};

/** Where a path ends that goes astray. */
const endOf = (path: Path | undefined): string | undefined => {
  const hop = path?.hops.findLast(({ at, object }) => (at === 'service' || at === 'endpoint') && object !== undefined);
  return hop?.object && refText(hop.object);
};

/** `exposedAt`: a request from outside gets to the Pods by this way. What lies outside (a provider, a controller) is assumed. */
export const exposedAt = (run: DryRun, intent: IntentOf<'exposedAt'>): readonly Draft[] => {
  const { of, at, from } = intent;
  const pods = podsBehind(run, of);
  if (pods.length === 0) return nobody(run, intent, of);
  const keys = new Set(pods.map((pod) => refKey(refOf(pod))));
  const services = servicesOf(run, of, pods);
  const tried = knocksOf(run, at, services, pods).map((knock) => ({
    knock,
    path: knock.network.connect({ outside: from ?? somewhere }, knock.target),
  }));
  const good = tried.find(({ path }) => path.arrives && leadsTo(path, of, keys));
  if (good !== undefined) {
    const hop = good.path.hops.findLast(({ at: where, outcome }) => outcome === 'assumed' && where !== 'container');
    const assumed = [good.knock.assumed, hop?.text].filter((text) => text !== undefined);
    if (assumed.length === 0) return [];
    const message = `${refText(of)} is reached from outside at ${entranceText(at)}, if ${assumed.join('; and ')}`;
    return [{ code: 'assumption/outside', severity: 'assumption', object: of, source: intent.provenance.source, message }];
  }
  const near = tried.find(({ path }) => leadsTo(path, of, keys)) ?? tried[0];
  const hop = near?.path.blockedAt;
  // What follows from a fault that was already named is not said again.
  const consequence = hop?.at === 'service' || hop?.at === 'endpoint' || hop?.at === 'ready' || hop?.at === 'container';
  const named = run.blamed(of) || pods.some((pod) => run.blamed(refOf(run.cluster.controllerOf(pod))));
  if (consequence && named) return [];
  const astray = hop === undefined ? endOf(near?.path) : undefined;
  const why =
    hop?.text ??
    (astray !== undefined
      ? `it leads to ${astray}`
      : 'host' in at
        ? `no Ingress or HTTPRoute takes requests for ${at.host}${at.path ?? '/'}`
        : 'nodePort' in at
          ? `no Service has the nodePort ${at.nodePort}`
          : `no Service of type LoadBalancer in front of it${at.loadBalancer === 'any' ? '' : ` has the port ${at.loadBalancer}`}`);
  return [
    broken(run, intent, of, {
      code: 'intent/exposed-at',
      message: `${refText(of)} must be reached from outside at ${entranceText(at)}, and is not: ${why}`,
      // Where nothing of the cluster takes the request there is no way to show.
      evidence: (hop === undefined && astray === undefined ? [] : (near?.path.hops ?? [])).map(
        ({ at: where, outcome, text, object }) => ({ kind: 'hop', at: where, outcome, text, object }),
      ),
      fixes: () => waysIn(run, intent, services, near?.path),
    }),
  ];
};
