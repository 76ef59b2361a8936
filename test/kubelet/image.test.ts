import { describe, expect, test } from 'vitest';
import { imageProblem } from '../../lib/kubelet/image.js';

describe('image names', () => {
  test.each([
    'nginx',
    'nginx:1.27',
    'python:3.7',
    'alpine/git',
    'ghcr.io/stefanprodan/podinfo:6.7.0',
    'localhost:5000/a/b_c:v1.0-rc.1',
    'registry.k8s.io/pause@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'MyRegistry.example.com/app',
  ])('%s can be read', (image) => {
    expect(imageProblem(image)).toBeUndefined();
  });

  test.each([
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['nginx:', 'invalid reference format'],
    ['nginx:a:b', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['nginx latest', 'invalid reference format'],
    ['ghcr.io/Acme/app:1', 'invalid reference format: repository name (Acme/app) must be lowercase'],
  ])('%s cannot', (image, reason) => {
    const expected = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${reason}`;
    expect(imageProblem(image)).toBe(expected);
  });
});
