import type { FetchNode, PlanNode, ResponsePath } from '@apollo/query-planner';
import type { EntityRequest } from '../run/call-queue.ts';
import type { ExecutionRun, Step } from '../run/execution-run.ts';
import { type PathTrie, trieAt, trieOf } from '../tree/path-trie.ts';
import type { TreeObject, TypeRelations } from '../tree/response-tree.ts';
import { type CompiledFetch, compileFetch } from './compiled-fetch.ts';
import { contextValue, type Placed, placedAt } from './context-values.ts';
import { fillMissing } from './fetch-outputs.ts';
import type { Representer } from './representation.ts';
import { targetsAt } from './targets.ts';

const NOTHING: Step = (_run, done) => done();

function sequence(steps: readonly Step[]): Step {
  return (run, done) => {
    const from = (index: number): void => {
      const step = steps[index];
      if (step) step(run, () => from(index + 1));
      else done();
    };
    from(0);
  };
}

function parallel(steps: readonly Step[]): Step {
  return (run, done) => {
    let left = steps.length;
    const oneDone = () => {
      left -= 1;
      if (left === 0) done();
    };
    for (const step of steps) step(run, oneDone);
  };
}

/** Objects with what the fetch asks of them; those whose inputs failed get that failure in the fields to be filled. */
function requestsFor(
  run: ExecutionRun,
  fetch: CompiledFetch,
  representer: Representer,
  objects: Iterable<TreeObject>,
): Map<string, TreeObject[]> {
  const byText = new Map<string, TreeObject[]>();
  for (const object of objects) {
    const written = representer.represent(object, run.errors);
    if (typeof written === 'string') {
      const same = byText.get(written);
      if (same) same.push(object);
      else byText.set(written, [object]);
    } else if (written !== undefined) {
      const why = written.map((error) => ({ ...error, rest: [], isLoss: true }));
      fillMissing(object, fetch.outputs, why, fetch.trie, run);
    }
  }
  return byText;
}

function withContexts(
  run: ExecutionRun,
  fetch: CompiledFetch,
  representer: Representer,
  places: readonly Placed[],
): EntityRequest[] {
  return places.flatMap((placed) => {
    const contexts = [...fetch.contexts.values()].map((paths) => contextValue(placed, paths, run.types));
    const byText = requestsFor(run, fetch, representer, [placed.object]);
    return [...byText].map(([representation, targets]) => ({ representation, contexts, targets }));
  });
}

const NO_CONTEXTS: readonly string[] = [];

function fetchStep(node: FetchNode, path: ResponsePath, { types, trie }: CompileSettings): Step {
  const fetch = compileFetch(node, types, trieAt(trie, path));
  const { representer } = fetch;
  if (!representer) {
    return (run, done) => {
      const targets = [...targetsAt(run.root, path)];
      if (targets.length > 0) run.calls.addRoot(fetch, targets, done);
      else done();
    };
  }
  return (run, done) => {
    const requests =
      fetch.contexts.size > 0
        ? withContexts(run, fetch, representer, placedAt(run.root, path))
        : [...requestsFor(run, fetch, representer, targetsAt(run.root, path))].map(([representation, targets]) => ({
            representation,
            contexts: NO_CONTEXTS,
            targets,
          }));
    run.calls.addEntities(fetch, requests, done);
  };
}

interface CompileSettings {
  readonly types: TypeRelations;
  readonly trie: PathTrie;
}

/** Turns a plan into closures, once for all executions. */
export const compilePlan = (plan: PlanNode | undefined, types: TypeRelations): Step =>
  compileNode(plan, { types, trie: trieOf(plan) }, []);

function compileNode(node: PlanNode | undefined, settings: CompileSettings, path: ResponsePath): Step {
  if (node === undefined) return NOTHING;
  switch (node.kind) {
    case 'Sequence':
      return sequence(node.nodes.map((child) => compileNode(child, settings, path)));
    case 'Parallel':
      return parallel(node.nodes.map((child) => compileNode(child, settings, path)));
    case 'Flatten':
      return compileNode(node.node, settings, [...path, ...node.path]);
    case 'Condition': {
      const whenTrue = compileNode(node.ifClause, settings, path);
      const whenFalse = compileNode(node.elseClause, settings, path);
      return (run, done) => (run.variables[node.condition] === true ? whenTrue : whenFalse)(run, done);
    }
    case 'Fetch':
      return fetchStep(node, path, settings);
    case 'Defer':
      throw new Error('the planner was not asked for @defer');
    default:
      return node satisfies never;
  }
}
