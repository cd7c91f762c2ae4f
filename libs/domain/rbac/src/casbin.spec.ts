import { StringAdapter, newEnforcer, newModelFromString } from 'casbin';
import type { Enforcer } from 'casbin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '@tiphys/glob';
import { Policy, Rbac, parsePolicy } from './index.ts';

const MODEL = `
[request_definition]
r = sub, res, act, obj
[policy_definition]
p = sub, res, act, obj, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && fits(r.res, p.res) && fits(r.act, p.act) && fits(r.obj, p.obj)
`;

async function oracle(text: string): Promise<Enforcer> {
  const enforcer = await newEnforcer(newModelFromString(MODEL), new StringAdapter(text));
  await enforcer.addFunction(
    'fits',
    (value: string, pattern: string) => compileGlob(pattern)?.(value) ?? false,
  );
  return enforcer;
}

const subject = fc.constantFrom('alice', 'bob', 'team', 'role:a', 'role:b', 'role:c');
const resource = fc.constantFrom('applications', 'projects', 'app*', '*');
const action = fc.constantFrom('get', 'sync', 'update/*', 'action/apps/*', '{get,sync}', '*');
const object = fc.constantFrom('a/*', 'a/x', '*/*', '*', 'b/?', 'a/ns/*', '[ab]/x');
const permission = fc
  .tuple(subject, resource, action, object, fc.constantFrom('allow', 'allow', 'deny'))
  .map((fields) => `p, ${fields.map((field) => (field.includes(',') ? `"${field}"` : field)).join(', ')}`);
const membership = fc.tuple(subject, subject).map(([member, role]) => `g, ${member}, ${role}`);
const request = fc.tuple(
  subject,
  fc.constantFrom('applications', 'projects', 'applicationsets'),
  fc.constantFrom('get', 'sync', 'update/apps/Deployment/ns/x', 'action/apps/Deployment/restart'),
  fc.constantFrom('a/x', 'a/ns/x', 'b/x', 'a', ''),
);

describe('decisions', () => {
  it('are those of casbin, whatever the rules', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(permission, membership), { minLength: 1, maxLength: 25 }),
        fc.array(request, { minLength: 1, maxLength: 20 }),
        async (lines, requests) => {
          const text = lines.join('\n');
          const enforcer = await oracle(text);
          const policy = new Policy(parsePolicy(text, 'policy.csv').rules);
          for (const [who, res, act, obj] of requests) {
            const expected = enforcer.enforceSync(who, res, act, obj);
            expect(policy.allows(who, { resource: res, action: act, object: obj })).toBe(expected);
          }
        },
      ),
      { numRuns: 60 },
    ));
});

describe('decisions for groups', () => {
  it('are those of each member among them, however often they are asked', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(permission, membership), { maxLength: 25 }),
        fc.uniqueArray(subject, { maxLength: 6 }),
        fc.array(request, { minLength: 1, maxLength: 20 }),
        (lines, groups, requests) => {
          const policy = new Policy(parsePolicy(lines.join('\n'), 'policy.csv').rules);
          const settings = { policy, defaultRole: '', scopes: [] };
          for (const rbac of [
            new Rbac({ settings, projectOf: () => undefined }),
            new Rbac({ settings, projectOf: () => undefined }),
          ]) {
            for (const [, res, act, obj] of [...requests, ...requests]) {
              const asked = { resource: res, action: act, object: obj };
              const expected = groups.some((group) => policy.isMember(group) && policy.allows(group, asked));
              expect(rbac.allows({ subject: 'nobody', groups: [...groups] }, asked)).toBe(expected);
            }
          }
        },
      ),
    ));
});
