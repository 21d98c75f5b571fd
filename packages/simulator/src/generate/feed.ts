import type { Operation } from '../opencti/operation.ts';
import { indicatorStixId } from '../stix/uuid.ts';
import { authors } from './authors.ts';
import {
  drawAuthor,
  drawDescription,
  drawLabels,
  drawMarkings,
  drawPhases,
  drawReference,
  drawScore,
  drawValidUntil,
} from './facts.ts';
import { type Entity, indicatorObject, isoDate } from './indicator.ts';
import { type Kind, kinds, type Observable } from './observables.ts';
import { compileGeneratorOptions, type GeneratorOptions } from './options.ts';
import { observation } from './pattern.ts';
import { createRandom } from './random.ts';
import { makeRule } from './rules.ts';
import { createValues } from './values.ts';

type Indicated = Pick<
  Entity,
  'pattern' | 'stixId' | 'patternType' | 'name' | 'mainType' | 'observed' | 'expects'
>;

function indicatedBy(observable: Observable, spaces: number): Indicated {
  const pattern = observation(observable.comparisons, spaces);
  return {
    pattern,
    stixId: indicatorStixId(pattern),
    patternType: 'stix',
    name: observable.name,
    mainType: observable.type,
    observed: observable.observed,
    expects: observable.expects,
  };
}

/** Two observations of three values, as feeds describe infrastructure. */
function indicatedBySet(parts: readonly Observable[]): Indicated {
  const [first, second, ...rest] = parts;
  const inner = [first, second].flatMap((part) => part?.comparisons ?? []);
  const patterns = [observation(inner), ...rest.map((part) => observation(part.comparisons))];
  const pattern = patterns.join(' OR ');
  return {
    pattern,
    stixId: indicatorStixId(pattern),
    patternType: 'stix',
    name: `Infrastructure ${first?.name ?? ''}`,
    mainType: first?.type ?? 'Unknown',
    observed: parts.flatMap((part) => part.observed),
    expects: { values: parts.flatMap((part) => part.expects.values), mappable: true },
  };
}

/**
 * An endless variety of indicators and what happens to them, the same for the same
 * seed. The first entities take one observable type each, so that a feed of at least
 * as many entities has them all; then types come by weight. Each operation carries
 * what XSOAR must hold because of it.
 */
export function* generateFeed(given: GeneratorOptions = {}): Generator<Operation> {
  const options = compileGeneratorOptions(given);
  const random = createRandom(options.seed);
  const values = createValues(random);
  const usable = options.types ? kinds.filter((kind) => isWanted(kind, options.types)) : kinds;
  if (usable.length === 0) throw new RangeError('types: no such observable type');
  // One ticket per unit of weight: drawing is then one look-up.
  const tickets = usable.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const live: Entity[] = [];
  const deleted: Entity[] = [];
  const shareable: { observable: Observable; users: number }[] = [];
  let made = 0;

  const observe = (kind: Kind): Observable =>
    kind.make(values, random.chance(options.multiHashShare));
  const plainKinds = kinds.filter((kind) =>
    ['IPv4-Addr', 'Domain-Name', 'Url'].includes(kind.name),
  );

  const indicate = (first: boolean): Indicated => {
    const shared = random.chance(options.sharedValues) && shareable.length > 0;
    if (shared) {
      const used = random.pick(shareable);
      used.users += 1;
      return indicatedBy(used.observable, used.users);
    }
    if (random.chance(options.ruleShare)) {
      const { patternType, pattern, name, expects } = makeRule(values);
      const stixId = indicatorStixId(pattern);
      return { patternType, pattern, stixId, name, expects, mainType: 'StixFile', observed: [] };
    }
    if (!options.types && random.chance(options.multiValueShare))
      return indicatedBySet(plainKinds.map((kind) => observe(kind)));
    const kind = first ? usable[made % usable.length] : undefined;
    const observable = observe(kind ?? random.pick(tickets));
    if (options.sharedValues > 0 && observable.expects.mappable && shareable.length < 10_000)
      shareable.push({ observable, users: 0 });
    return indicatedBy(observable, 0);
  };

  const create = (): Entity => {
    const nowMs = options.now();
    const indicated = indicate(made < usable.length);
    // Written out: a spread here would cost as much as drawing all the facts.
    const entity: Entity = {
      entityId: random.uuid(),
      pattern: indicated.pattern,
      stixId: indicated.stixId,
      patternType: indicated.patternType,
      name: indicated.name,
      mainType: indicated.mainType,
      observed: indicated.observed,
      expects: indicated.expects,
      score: drawScore(random),
      confidence: random.pick([15, 50, 75, 85, 100]),
      labels: drawLabels(random),
      markings: drawMarkings(random),
      author: drawAuthor(random),
      description: drawDescription(random),
      revoked: false,
      detection: random.chance(0.5),
      phases: drawPhases(random),
      reference: drawReference(random),
      created: isoDate(nowMs),
      updatedMs: nowMs,
      validUntil: drawValidUntil(random, nowMs),
    };
    made += 1;
    live.push(entity);
    return entity;
  };

  const change = (entity: Entity): void => {
    // Later than before even within one ms, as two versions never have the same time.
    entity.updatedMs = Math.max(options.now(), entity.updatedMs + 1);
    if (random.chance(options.revokeShare)) {
      Object.assign(entity, { revoked: true, detection: false, score: 20 });
      return;
    }
    if (random.chance(options.patternShare)) {
      Object.assign(entity, indicate(false));
      return;
    }
    switch (random.below(4)) {
      case 0:
        entity.score = drawScore(random);
        break;
      case 1:
        entity.labels = drawLabels(random);
        break;
      case 2:
        entity.description = drawDescription(random);
        break;
      default:
        entity.markings = drawMarkings(random);
    }
  };

  for (const object of authors) yield { kind: 'reference', object };
  for (let done = 0; done < options.events; done += 1) {
    const draw = random.next();
    const index = random.below(live.length);
    const entity = live[index];
    if (entity && draw < options.deleteShare) {
      const last = live.pop();
      if (last && last !== entity) live[index] = last;
      deleted.push(entity);
      yield { kind: 'delete', id: entity.entityId };
    } else if (entity && draw < options.deleteShare + options.updateShare) {
      change(entity);
      yield { kind: 'update', object: indicatorObject(entity), expects: entity.expects };
    } else if (made < options.entities) {
      const created = create();
      yield { kind: 'create', object: indicatorObject(created), expects: created.expects };
    } else if (deleted.length > 0 && (random.chance(0.5) || !entity)) {
      // "Restore" of the platform: the same entity comes back.
      const restored = deleted.splice(random.below(deleted.length), 1)[0];
      if (!restored) continue;
      restored.updatedMs = Math.max(options.now(), restored.updatedMs + 1);
      live.push(restored);
      yield { kind: 'create', object: indicatorObject(restored), expects: restored.expects };
    } else if (entity) {
      change(entity);
      yield { kind: 'update', object: indicatorObject(entity), expects: entity.expects };
    }
  }
}

function isWanted(kind: Kind, types: ReadonlySet<string> | null): boolean {
  return types === null || types.has(kind.name) || types.has(kind.name.split(' ')[0] ?? '');
}
