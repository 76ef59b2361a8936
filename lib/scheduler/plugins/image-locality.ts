import { maxNodeScore, type Plugin } from '../framework.js';

const mebibyte = 1024 * 1024;
const minThreshold = 23 * mebibyte;
const maxThresholdPerContainer = 1000 * mebibyte;

/** An image without tag or digest means its tag `latest`. */
const normalizedImageName = (image: string): string =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;

/** Prefers nodes that have the Pod's images, the larger and the more widespread the more. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  weight: 1,
  preScore({ spec }, _nodes, { images, nodes }) {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const references = [...containers.map(({ image }) => image), ...(spec.volumes ?? []).map(({ image }) => image?.reference)];
    const present = references
      .map((reference) => (reference === undefined ? undefined : images.get(normalizedImageName(reference))))
      .filter((state) => state !== undefined);
    const maxThreshold = maxThresholdPerContainer * containers.length;
    return {
      score: ({ name }) => {
        let sum = 0;
        for (const state of present) {
          // Spread damps the pull of images that only few nodes have, which would heat those.
          if (state.nodes.has(name)) sum += Math.trunc(state.size * (state.nodes.size / nodes.length));
        }
        const bounded = Math.min(Math.max(sum, minThreshold), maxThreshold);
        return Math.floor((maxNodeScore * (bounded - minThreshold)) / (maxThreshold - minThreshold));
      },
    };
  },
};
