import { hasStruct } from '@tiphys/merge';
import { describe, expect, it } from 'vitest';
import { defaultedStructs } from './index.ts';
import { pullPolicy } from './pull-policy.ts';

describe('the table of defaults', () => {
  const versioned = defaultedStructs.filter((name) => !name.startsWith('admissionregistration/'));

  it.each(versioned)('%s is a built-in type', (name) => {
    expect(hasStruct(name)).toBe(true);
  });
});

describe('pullPolicy', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.2', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    ['host:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
    ['nginx:latest@sha256:abc', 'Always'],
  ])('of %s is %s', (image, policy) => {
    expect(pullPolicy(image)).toBe(policy);
  });
});
