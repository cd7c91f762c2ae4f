import { afterEach, describe, expect, it } from 'vitest';
import { givenTree, type GivenTree, type TreeFiles } from '@tiphys/testing/render';
import { jsonnetInputs, type JsonnetInputs, type JsonnetSettings } from './inputs.ts';

let tree: GivenTree | undefined;
afterEach(() => tree?.remove());

async function inputs(files: TreeFiles, settings?: JsonnetSettings): Promise<JsonnetInputs> {
  tree = await givenTree(files);
  return jsonnetInputs(tree.root, { path: 'app', settings }, ['app/main.jsonnet']);
}

describe('what Jsonnet reads', () => {
  it('is what it imports, through all files, in every place that is searched', async () => {
    const found = await inputs(
      {
        'app/main.jsonnet': "[import 'near.libsonnet', import 'far.libsonnet', importstr 'text.txt']",
        'app/near.libsonnet': "import '../shared/other.libsonnet'",
        'app/text.txt': "import 'unread.libsonnet'",
        'app/unread.libsonnet': '{}',
        'shared/other.libsonnet': "import 'beside.json'",
        'shared/beside.json': '{}',
        'vendor/far.libsonnet': '{}',
        'vendor/more.libsonnet': '{}',
      },
      { libs: ['/vendor'], extVars: [{ name: 'x', value: "import 'more.libsonnet'", code: true }] },
    );
    expect(found).toEqual({
      files: [
        'app/main.jsonnet',
        'app/near.libsonnet',
        'app/text.txt',
        'shared/beside.json',
        'shared/other.libsonnet',
        'vendor/far.libsonnet',
        'vendor/more.libsonnet',
      ],
      libraries: ['app', 'vendor'],
    });
  });

  it.each([
    ['data first', "[importstr 'a.libsonnet', import 'b.libsonnet']"],
    ['code first', "[import 'b.libsonnet', importstr 'a.libsonnet']"],
  ])('is followed also through a file that is read as data elsewhere: %s', async (_name, main) => {
    const files = {
      'app/main.jsonnet': main,
      'app/b.libsonnet': "import 'a.libsonnet'",
      'app/a.libsonnet': "import '../../../etc/passwd'",
    };
    await expect(inputs(files)).rejects.toMatchObject({
      code: 'invalid',
      message: 'the import "../../../etc/passwd" in app/a.libsonnet leads out of the repository',
    });
  });
});
