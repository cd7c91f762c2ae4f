import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '@tiphys/model';
import type { ArtifactSource } from '@tiphys/ports';

export interface ArtifactSourceUnderTest {
  readonly source: ArtifactSource;
  /** A repository that asks for a login, with the right one. */
  readonly repository: Repository;
  /** Publishes a chart; `note.txt` in it holds `note`. */
  publish(name: string, version: string, note: string): Promise<void>;
  close(): Promise<void>;
}

/** What every ArtifactSource must do with charts. Constraints are left to the versions library that it is given. */
export function artifactSourceContract(name: string, start: () => Promise<ArtifactSourceUnderTest>): void {
  describe(`ArtifactSource contract: ${name}`, () => {
    let subject: ArtifactSourceUnderTest;
    let into: string;
    beforeAll(async () => {
      subject = await start();
      into = await mkdtemp(join(tmpdir(), 'tiphys-artifacts-'));
      await subject.publish('web', '1.0.0', 'first');
      await subject.publish('web', '1.1.0+build.2', 'second');
    });
    afterAll(async () => {
      await subject.close();
      await rm(into, { recursive: true, force: true });
    });

    it('lists versions as their charts say them', async () => {
      const versions = await subject.source.versions(subject.repository, 'web', 0);
      expect([...versions].sort()).toEqual(['1.0.0', '1.1.0+build.2']);
    });

    it('resolves a version to itself', async () => {
      expect(await subject.source.resolve(subject.repository, 'web', '1.1.0+build.2')).toBe('1.1.0+build.2');
    });

    it('unpacks each fetch into a directory of its own, at the chart', async () => {
      const [one, two] = await Promise.all(
        ['1.0.0', '1.1.0+build.2'].map((version) =>
          subject.source.fetch(subject.repository, 'web', version, into),
        ),
      );
      expect([one?.revision, two?.revision]).toEqual(['1.0.0', '1.1.0+build.2']);
      expect(one?.directory).not.toBe(two?.directory);
      expect(await readFile(join(one?.directory ?? '', 'note.txt'), 'utf8')).toBe('first');
      expect(await readFile(join(two?.directory ?? '', 'note.txt'), 'utf8')).toBe('second');
      expect((await stat(join(one?.directory ?? '', 'Chart.yaml'))).isFile()).toBe(true);
      expect(one?.directory.startsWith(into)).toBe(true);
    });

    it('sees what is published later', async () => {
      await subject.publish('late', '0.1.0', 'x');
      expect(await subject.source.versions(subject.repository, 'late', 0)).toEqual(['0.1.0']);
    });

    it.each([
      ['a chart', 'nobody', '1.0.0'],
      ['a version', 'web', '9.9.9'],
    ])('says that %s is not there, and leaves nothing behind', async (_what, chart, version) => {
      const before = await readdir(into);
      const { source, repository } = subject;
      await expect(source.fetch(repository, chart, version, into)).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(source.resolve(repository, chart, version)).rejects.toMatchObject({ code: 'not-found' });
      expect(await readdir(into)).toEqual(before);
    });

    it('is refused with a wrong login, which no message shows', async () => {
      const wrong = { ...subject.repository, password: 'not-the-password' };
      const failure = await subject.source.versions(wrong, 'web', 0).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'unauthenticated' });
      expect((failure as Error).message).not.toContain('not-the-password');
      expect(await subject.source.versions(subject.repository, 'web', 0)).toHaveLength(2);
    });
  });
}
