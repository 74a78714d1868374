// The part of noVNC's API that the page uses (its docs/API.md); the package brings no types.
declare module "@novnc/novnc" {
  export interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    desktopname: CustomEvent<{ name: string }>;
  }

  export default class RFB {
    // `target` gets the canvas as a child while the connection lasts.
    constructor(target: HTMLElement, channel: string | WebSocket, options?: { shared?: boolean });

    background: string;
    resizeSession: boolean;
    scaleViewport: boolean;
    showDotCursor: boolean;
    viewOnly: boolean;

    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    disconnect(): void;
    focus(options?: FocusOptions): void;
    getImageData(): ImageData;
  }
}
