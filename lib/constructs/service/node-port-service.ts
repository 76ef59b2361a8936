import type { Construct } from 'constructs';
import { type NodePortOptions, SelectingService, type SelectingServiceProps } from './selecting-service.js';

export interface NodePortServiceProps<P extends string, K extends NoInfer<P>>
  extends SelectingServiceProps<P, K, NodePortOptions> {
  /** `Local`: only Pods on the node that the traffic came to; keeps the client's address. */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
}

/**
 * A ClusterIP Service that also answers on a port of every node.
 *
 * @example
 * new NodePortService(chart, 'web-svc', { to: web, ports: { http: { port: 80, nodePort: 30036 } } });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
 */
export class NodePortService<P extends string = string, K extends NoInfer<P> = NoInfer<P>> extends SelectingService<K> {
  constructor(scope: Construct, id: string, props: NodePortServiceProps<P, K>) {
    super(scope, id, 'NodePort', props);
  }
}
