import { randomUUID } from 'node:crypto';
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Arithmetic, ExecutionProvider } from '../../../src-shared/execution/provider.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementCount, isFloating } from '../onnx/element-type.ts';
import { checkExternalLocation } from '../onnx/graph-checker.ts';
import { formatShape } from '../onnx/graph.ts';
import type { Graph, Value } from '../onnx/graph.ts';
import { toHalfPrecision } from '../onnx/half-precision.ts';
import { encodeModel } from '../onnx/model-encode.ts';
import { BACKEND_NAMES } from './choose-providers.ts';
import { sessionProviders } from './session-providers.ts';

/** Values the engine passes to and from sessions: float32 tensors, and int64 for timesteps, labels and token ids. */
export type TensorData = Float32Array | BigInt64Array;

/** How a session runs. */
export interface SessionOptions {
  /** Folder that external initializers are relative to; needed when the graph has any. */
  readonly weightsDir?: string;
  /** Threads inside one operator. */
  readonly threads?: number;
  /** Keep freed memory for the next run (the default): about a tenth faster, at a higher peak. Turn off for large models. */
  readonly arena?: boolean;
  /**
   * Leave weights where they lie, and widen or pack each when a run comes to it instead of all while loading. The system maps the
   * file and may drop its pages again, so a model may be larger than the memory that is free; it runs about a fifth slower.
   */
  readonly keepStoredWeights?: boolean;
  /** What to try in place of what this process uses, in this order. */
  readonly providers?: readonly ExecutionProvider[];
  /** What to multiply in, on whichever provider takes the graph. Left out: as this process was told, and 32 bits on the processor. */
  readonly arithmetic?: Arithmetic;
  /** Writes onnxruntime's per-node timing to files with this prefix. */
  readonly profilePrefix?: string;
}

/** A graph ready to run. `run` takes every graph input by name and gives every output; both in row-major order. */
export interface EngineSession {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>>;
  /** Frees native memory; the session cannot run afterwards. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Opens a graph on the first provider that takes it; what the others said against it is told to the process's listener. Weights stay where they are: while it loads, the small model file lies beside
 * them, because external data is found relative to the model and must not leave its folder. The weights of a
 * read-only folder are read into memory instead.
 */
export async function openSession(graph: Graph, options: SessionOptions = {}): Promise<EngineSession> {
  const { order: usual, onFallback, arithmetic } = sessionProviders();
  const order = options.providers ?? usual;
  // A model that a provider does not take in 16 bits is tried there in 32, before the next one.
  const formsOn = (provider: ExecutionProvider): readonly Arithmetic[] => (options.arithmetic !== undefined ? [options.arithmetic] : provider === 'cpu' || arithmetic === 'float32' ? ['float32'] : ['float16', 'float32']);
  const attempts = order.flatMap((provider) => formsOn(provider).map((form) => ({ provider, form })));
  for (const [index, { provider, form }] of attempts.entries()) {
    try {
      return await openOn(provider, form === 'float16' ? toHalfPrecision(graph) : graph, options);
    } catch (error) {
      if (index === attempts.length - 1 || !StudioError.is(error, 'SESSION_CREATE_FAILED')) throw error;
      if (attempts[index + 1]?.provider !== provider) onFallback({ provider, model: graph.name, cause: error.cause instanceof Error ? error.cause.message : error.message });
    }
  }
  throw new StudioError('PROVIDER_UNAVAILABLE', `Nothing was named to run "${graph.name}" on.`);
}

async function openOn(provider: ExecutionProvider, graph: Graph, options: SessionOptions): Promise<EngineSession> {
  const isCpu = provider === 'cpu';
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [BACKEND_NAMES[provider]],
    intraOpNumThreads: options.threads ?? 2,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: options.arena ?? true,
    // DirectML forbids memory patterns.
    enableMemPattern: isCpu && (options.arena ?? true),
    logSeverityLevel: isCpu ? 3 : 4,
    // Spinning threads steal time from the window and from encoders; on a busy machine they doubled a run's duration.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  let session: InferenceSession;
  try {
    // A graphics card has its own memory and wants constant weights.
    session = await createSession(isCpu && options.keepStoredWeights === true ? withReplaceableWeights(graph) : graph, options.weightsDir, sessionOptions);
  } catch (error) {
    if (error instanceof StudioError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StudioError('SESSION_CREATE_FAILED', `The model "${graph.name}" could not be loaded: ${reason}. Check that its files are complete and that enough memory is free.`, { details: { graph: graph.name }, cause: error });
  }
  return wrapSession(graph, session, options.profilePrefix !== undefined);
}

async function createSession(graph: Graph, weightsDir: string | undefined, options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  const model = encodeModel(graph);
  const files = externalFiles(graph);
  if (files.length === 0) return InferenceSession.create(model, options);
  if (weightsDir === undefined) throw new StudioError('SESSION_CREATE_FAILED', `The model "${graph.name}" refers to weight files, but no folder was given for them.`);
  for (const file of files) requireFile(graph, weightsDir, file);
  const path = writeModelBeside(weightsDir, model);
  if (path !== undefined) {
    try {
      return await InferenceSession.create(path, options);
    } finally {
      rmSync(path, { force: true });
    }
  }
  const externalData = files.map((file) => ({ path: file, data: new Uint8Array(readFileSync(join(weightsDir, file))) }));
  return InferenceSession.create(model, { ...options, externalData });
}

/** An initializer that is an input as well could be replaced by a run, so nothing that is computed from it is computed while loading. */
function withReplaceableWeights(graph: Graph): Graph {
  const stored = [...graph.initializers.values()].filter(({ elementType, data }) => (isFloating(elementType) || elementType === 'int8') && data.kind === 'external');
  return { ...graph, inputs: [...graph.inputs, ...stored.map(({ name, elementType, shape }): Value => ({ name, elementType, shape }))] };
}

function externalFiles(graph: Graph): string[] {
  const files = new Set<string>();
  for (const { name, data } of graph.initializers.values()) {
    if (data.kind !== 'external') continue;
    checkExternalLocation(data.location, name);
    files.add(data.location);
  }
  return [...files];
}

/** onnxruntime maps the file without asking whether it is long enough, so that is asked here. */
function requireFile(graph: Graph, folder: string, file: string): void {
  const path = join(folder, file);
  const facts = lstatSync(path, { throwIfNoEntry: false });
  const sizeBytes = facts?.size;
  if (sizeBytes === undefined) throw new StudioError('MODEL_MISSING', `The weights file ${path} is gone. Download or import the model again.`, { details: { file: path } });
  // A link may lead out of the folder, and onnxruntime has its own, less clear, words for both.
  if (facts?.isFile() !== true) throw new StudioError('WEIGHTS_INVALID', `${path} is not a regular file. Put the weights file itself in its place.`, { details: { file: path } });
  for (const { name, data } of graph.initializers.values()) {
    if (data.kind === 'external' && data.location === file && data.offset + data.length > sizeBytes) {
      throw new StudioError('WEIGHTS_INVALID', `${path}: tensor "${name}" lies beyond the end of the file. Download it again.`, { details: { file: path, tensor: name } });
    }
  }
}

/** Writes the model where its weights are, until it is loaded; undefined when the folder cannot be written. */
function writeModelBeside(folder: string, model: Uint8Array): string | undefined {
  const path = join(folder, `.motif-${process.pid}-${randomUUID()}.onnx`);
  try {
    writeFileSync(path, model, { flag: 'wx' });
    return path;
  } catch {
    rmSync(path, { force: true });
    return undefined;
  }
}

function wrapSession(graph: Graph, session: InferenceSession, profiling: boolean): EngineSession {
  let open = true;
  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    run: async (inputs) => {
      if (!open) throw new StudioError('SESSION_CREATE_FAILED', `The session of "${graph.name}" was released. Open it again.`);
      const feeds = Object.fromEntries(graph.inputs.map((input) => [input.name, toTensor(graph, input, inputs[input.name])]));
      const results = await session.run(feeds);
      return Object.fromEntries(graph.outputs.map((output) => [output.name, toFloat32(results[output.name])]));
    },
    release: async () => {
      if (!open) return;
      open = false;
      if (profiling) session.endProfiling();
      await session.release();
    },
  };
}

function toTensor(graph: Graph, input: Value, data: TensorData | undefined): Tensor {
  const expected = elementCount(input.shape);
  const type = data instanceof BigInt64Array ? 'int64' : 'float32';
  if (data === undefined || data.length !== expected || type !== input.elementType) {
    const got = data === undefined ? 'nothing' : `${data.length} ${type} values`;
    throw new StudioError('SHAPE_MISMATCH', `Input "${input.name}" of "${graph.name}" got ${got}, expected ${input.elementType} ${formatShape(input.shape)}.`, { details: { input: input.name, got, expected: [...input.shape] } });
  }
  return data instanceof BigInt64Array ? new Tensor('int64', data, input.shape) : new Tensor('float32', data, input.shape);
}

function toFloat32(tensor: Tensor | undefined): Float32Array {
  const data = tensor?.data;
  if (data instanceof Float32Array) return data;
  throw new StudioError('SESSION_CREATE_FAILED', 'A session output is not float32. Cast it in the graph.');
}
