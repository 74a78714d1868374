// The documents of the HTTP API that the page reads (docs/http_api.md).

export type Role = "view" | "control" | "clipboard" | "resize" | "record" | "monitor" | "call" | "admin";

export interface SessionDocument {
  name: string;
  version: string;
  password_required: boolean;
  authenticated: boolean;
  roles: Role[];
  tls: boolean;
}

export interface ControlDocument {
  policy: "shared" | "single";
  owner: number | null;
  owner_tag: string | null;
  owner_peer: string | null;
}

export interface DesktopDocument {
  name: string;
  state: "ok" | "lost" | "starting";
  state_message: string;
  geometry: { width: number; height: number };
  generation: number;
  resizable: boolean;
  max_geometry: { width: number; height: number };
  control: ControlDocument;
}

export interface ViewerDocument {
  id: number;
  tag: string | null;
  peer: string;
  transport: "tcp" | "websocket";
  role: "control" | "view";
  has_control: boolean;
  encoding: string;
  pixel_format: string;
  connected_s: number;
  frames_per_s: number;
  bytes_sent: number;
  bytes_received: number;
  bytes_per_s: number;
  latency_ms: number | null;
  latency_history_ms: number[];
}

export interface ViewersDocument {
  viewers: ViewerDocument[];
}

export interface SettingDocument {
  key: string;
  value: string;
  source: "default" | "file" | "environment" | "flag";
  source_detail: string;
  help: string;
}

// When it was written: as text (ISO 8601) or in milliseconds since 1970.
export interface LogDocument {
  time?: string;
  time_ms?: number;
  level: string;
  message: string;
  fields: Record<string, unknown>;
}
