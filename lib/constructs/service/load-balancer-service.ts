import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type NodePortOptions, SelectingService, type SelectingServiceProps } from './selecting-service.js';

type Own =
  | 'loadBalancerIP'
  | 'loadBalancerClass'
  | 'loadBalancerSourceRanges'
  | 'allocateLoadBalancerNodePorts'
  | 'healthCheckNodePort';

export interface LoadBalancerServiceProps<P extends string, K extends NoInfer<P>>
  extends SelectingServiceProps<P, K, NodePortOptions>,
    Pick<k8s.ServiceSpec, Own> {
  /** `Local`: only Pods on the node that the traffic came to; keeps the client's address. */
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
}

/**
 * A NodePort Service that the provider puts a load balancer with an address of its own in front of. (`loadBalancerIP` may be ignored by it.)
 *
 * @example
 * new LoadBalancerService(chart, 'front', { to: api, ports: { http: { port: 80 } } });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
 */
export class LoadBalancerService<P extends string = string, K extends NoInfer<P> = NoInfer<P>> extends SelectingService<K> {
  constructor(scope: Construct, id: string, props: LoadBalancerServiceProps<P, K>) {
    super(scope, id, 'LoadBalancer', props);
  }
}
