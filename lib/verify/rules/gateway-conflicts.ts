import { refOf, refText } from '../../api/object.js';
import type { BackendReference } from '../../network/gateway-api.js';
import { compareRoutes, matchKey, matchText } from '../../network/gateway-match.js';
import type { Attachment } from '../../network/gateway-routes.js';
import type { Draft, DryRun } from '../rule.js';

/** Where the requests of a rule go: `Service shop/web port 80`. */
export const backendsText = (backends: readonly BackendReference[]): string =>
  backends.map(({ kind, namespace, name, port }) => `${kind} ${namespace}/${name} port ${port ?? ''}`).join(', ') || 'no backend';

/** Routes that take the same requests at one listener: the older one is served, then the first by name. */
export const routeConflicts = (run: DryRun, attachments: readonly Attachment[]): readonly Draft[] => {
  const first = new Map<string, { readonly attachment: Attachment; readonly to: string }>();
  const said = new Set<string>();
  return attachments.toSorted(compareRoutes).flatMap((attachment) =>
    attachment.route.rules.flatMap(({ matches, backends, redirect, field }) =>
      matches.flatMap((match): readonly Draft[] => {
        const { route, gateway, listener, hostname } = attachment;
        const whose = refOf(gateway.object);
        const key = [refText(whose), listener.name, hostname, matchKey(match)].join('\n');
        const to = redirect === undefined ? backendsText(backends) : 'a redirect';
        const before = first.get(key);
        if (before === undefined) first.set(key, { attachment, to });
        const object = refOf(route.object);
        const other = before?.attachment.route;
        if (before === undefined || other === undefined || before.to === to || run.manifestOf(object) === undefined) return [];
        const id = `${refText(object)} ${field} ${refText(refOf(other.object))}`;
        if (said.has(id)) return [];
        said.add(id);
        const what = `${hostname ?? 'any host'}, ${matchText(match)}`;
        const same = other === route;
        return [
          {
            code: 'ingress/conflict',
            severity: 'warning',
            object,
            field,
            message: `${refText(object)} takes ${what} at listener ${listener.name} of ${refText(whose)}, and so does ${same ? 'another rule of it' : refText(refOf(other.object))}: requests go to ${before.to} (the ${same ? 'first rule' : 'older route, or the first by name'} wins), never to ${to}`,
            evidence: [
              { kind: 'object', object: refOf(other.object), text: `sends them to ${before.to}` },
              { kind: 'object', object, text: `sends them to ${to}` },
            ],
            fixes: [{ text: 'give one of them another host, path or header, or remove it' }],
          },
        ];
      }),
    ),
  );
};
