import { LiveSocket } from "./live-socket";
import type { LiveStatus } from "./live-socket";
import { BoardTopic, ExecutionTopic, RunsTopic } from "./topics";
import type { BoardSubscriber, ExecutionSubscriber, Frame, RunsSubscriber, Topic } from "./topics";

export type { LiveStatus } from "./live-socket";

/** How long an unused connection is kept, so that going from one screen to the next does not open another. */
const LINGER_MS = 2_000;

/**
 * The page's one live connection: boards and executions as topics over a single WebSocket.
 *
 * After a lost connection every topic is opened again where its readers stand, so a reader of entries gets each entry
 * once and in order, and a reader of a board gets a new snapshot. Nothing is ever polled.
 */
export class LiveClient {
  private readonly topics = new Map<string, Topic>();
  private readonly socket: LiveSocket;
  private linger: ReturnType<typeof setTimeout> | undefined;

  constructor(open: () => WebSocket, random: () => number = Math.random) {
    this.socket = new LiveSocket(
      open,
      {
        onOpen: () => {
          for (const topic of this.topics.values()) this.socket.send(topic.subscribeMessage());
        },
        onFrame: (frame) => this.receive(frame),
      },
      random,
    );
  }

  /** The state of the connection; the same object until it changes. */
  get status(): LiveStatus {
    return this.socket.status;
  }

  /** Calls `listener` after each change of `status`; returns the function that stops it. */
  readonly subscribe = (listener: () => void): (() => void) => this.socket.subscribe(listener);

  /** The last sequence the page has of an execution it reads: where it resumes; null if nobody reads it. */
  cursorOf(executionId: string): number | null {
    const topic = this.topics.get(`execution:${executionId}`);
    return topic instanceof ExecutionTopic ? topic.cursor : null;
  }

  /** Reads an execution from `after`; returns the function that stops it. */
  subscribeExecution(executionId: string, subscriber: ExecutionSubscriber): () => void {
    const topic = this.topicOf(`execution:${executionId}`, ExecutionTopic);
    const joining = !topic.empty;
    const remove = topic.add(subscriber);
    // A second reader may stand elsewhere and needs the execution's state: opening again gives both.
    this.openTopic(topic, joining);
    return () => this.leave(topic, remove);
  }

  /** Reads a board: a snapshot, then its changes; returns the function that stops it. */
  subscribeBoard(projectId: string, subscriber: BoardSubscriber): () => void {
    const topic = this.topicOf(`board:${projectId}`, BoardTopic);
    const joining = !topic.empty;
    topic.subscribers.add(subscriber);
    this.openTopic(topic, joining);
    return () => this.leave(topic, () => topic.subscribers.delete(subscriber));
  }

  /** Reads the states of all runs; returns the function that stops it. */
  subscribeRuns(subscriber: RunsSubscriber): () => void {
    const topic = this.topicOf("runs", RunsTopic);
    const joining = !topic.empty;
    topic.subscribers.add(subscriber);
    this.openTopic(topic, joining);
    return () => this.leave(topic, () => topic.subscribers.delete(subscriber));
  }

  private topicOf<T extends Topic>(name: string, kind: new (name: string) => T): T {
    const known = this.topics.get(name);
    if (known instanceof kind) return known;
    const topic = new kind(name);
    this.topics.set(name, topic);
    return topic;
  }

  private openTopic(topic: Topic, again: boolean): void {
    clearTimeout(this.linger);
    if (again) this.socket.send({ op: "unsubscribe", topic: topic.name });
    if (this.socket.isOpen) this.socket.send(topic.subscribeMessage());
    else this.socket.connect();
  }

  private leave(topic: Topic, remove: () => void): void {
    remove();
    if (!topic.empty || this.topics.get(topic.name) !== topic) return;
    this.topics.delete(topic.name);
    this.socket.send({ op: "unsubscribe", topic: topic.name });
    if (this.topics.size > 0) return;
    clearTimeout(this.linger);
    this.linger = setTimeout(() => {
      if (this.topics.size === 0) this.socket.close();
    }, LINGER_MS);
  }

  private receive(frame: Frame): void {
    const topic = frame.topic === undefined ? undefined : this.topics.get(frame.topic);
    if (topic?.receive(frame)) this.openTopic(topic, true);
  }
}

function openSocket(): WebSocket {
  const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${window.location.host}/api/live`);
}

export const liveClient = new LiveClient(openSocket);
