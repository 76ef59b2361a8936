import type { Occurrence } from '../apiserver/event.js';

/** A Pod was bound to a node. */
export class Scheduled implements Occurrence {
  constructor(
    readonly time: number,
    readonly namespace: string | undefined,
    readonly name: string,
    readonly node: string,
  ) {}

  get events(): Occurrence['events'] {
    const { time, namespace, name, node } = this;
    const message = `Successfully assigned ${namespace ?? ''}/${name} to ${node}`;
    const object = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    return [{ time, type: 'Normal', reason: 'Scheduled', message, object, component: 'default-scheduler' }];
  }
}
