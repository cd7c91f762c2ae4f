import { describe, expect, it } from 'vitest';
import { setImages } from './images.ts';

const existing = [
  { name: 'nginx', newName: 'foo', newTag: '1' },
  { name: 'zz', newTag: '3' },
];

describe('setImages', () => {
  it.each<[string, object]>([
    ['nginx:2', { name: 'nginx', newTag: '2' }],
    ['nginx=bar', { name: 'nginx', newName: 'bar' }],
    ['nginx=*:5', { name: 'nginx', newName: 'foo', newTag: '5' }],
    ['nginx=bar:*', { name: 'nginx', newName: 'bar', newTag: '1' }],
    ['nginx=bar:1@sha256:abc', { name: 'nginx', newName: 'bar', newTag: '1', digest: 'sha256:abc' }],
    ['nginx@sha256:abc', { name: 'nginx', digest: 'sha256:abc' }],
    ['nginx:2@sha256:abc', { name: 'nginx', newTag: '2', digest: 'sha256:abc' }],
    ['reg:5000/x/nginx=reg:5000/y:1', { name: 'reg:5000/x/nginx', newName: 'reg:5000/y', newTag: '1' }],
    ['reg:5000/x/nginx:2', { name: 'reg:5000/x/nginx', newTag: '2' }],
    ['reg:5000/x=foo', { name: 'reg:5000/x', newName: 'foo' }],
  ])('%s', (text, image) => {
    const images = setImages(existing, [text]);
    expect(images).toContainEqual(image);
    expect(images).toContainEqual(existing[1]);
    expect(images.filter((one) => (one as { name: string }).name === 'nginx')).toHaveLength(1);
  });

  it.each(['nginx', '', 'reg:5000/x'])('refuses %j', (text) => {
    expect(() => setImages([], [text])).toThrow(/has neither tag nor digest/);
  });
});
