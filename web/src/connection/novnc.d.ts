// The part of noVNC that the page uses; the package brings no types. What starts with '_' is not in its
// docs/API.md and is touched by probe.ts, scaling.ts and screen.ts only; the version is locked.
declare module "@novnc/novnc" {
  export interface RfbEvents {
    clipboard: CustomEvent<{ text: string }>;
    connect: CustomEvent<Record<string, never>>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    desktopname: CustomEvent<{ name: string }>;
    disconnect: CustomEvent<{ clean: boolean }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
  }

  export interface Websock {
    readonly _rQi: number;
    rQpeekBytes(length: number, copy?: boolean): Uint8Array;
    rQskipBytes(length: number): void;
    rQwait(what: string, length: number, goBack?: number): boolean;
  }

  export interface Decoder {
    decodeRect(...args: unknown[]): boolean;
  }

  export default class RFB {
    static readonly messages: {
      clientFence(sock: Websock, flags: number, payload: string): void;
      setDesktopSize(sock: Websock, width: number, height: number, id: number, flags: number): void;
    };

    // `target` gets the canvas as a child while the connection lasts.
    constructor(target: HTMLElement, channel: string | WebSocket, options?: { shared?: boolean });

    background: string;
    clipViewport: boolean; // shows a part of the picture, without scroll bars
    compressionLevel: number;
    dragViewport: boolean; // a drag moves that part
    focusOnClick: boolean;
    qualityLevel: number;
    resizeSession: boolean;
    scaleViewport: boolean;
    showDotCursor: boolean;
    viewOnly: boolean;

    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    clipboardPasteFrom(text: string): void;
    disconnect(): void;
    getImageData(): ImageData;
    sendCredentials(credentials: { password: string }): void;
    sendKey(keysym: number, code: string, down?: boolean): void;
    toBlob(take: (blob: Blob | null) => void, type?: string): void;

    readonly _canvas: HTMLCanvasElement;
    readonly _decoders: Record<number, Decoder>;
    readonly _display: { scale: number };
    readonly _fbHeight: number;
    readonly _fbWidth: number;
    readonly _keyboard: { _target: HTMLElement; _allKeysUp(): void };
    readonly _screen: HTMLElement;
    readonly _sock: Websock;
    readonly _supportsFence: boolean;
    readonly _supportsSetDesktopSize: boolean;
    _fixScrollbars(): void;
    _framebufferUpdate(): boolean;
    _handleServerFenceMsg(): boolean;
    _resize(width: number, height: number): void;
    _screenSize(): { w: number; h: number };
    _updateScale(): void;
    _requestRemoteResize(): void;
  }
}
