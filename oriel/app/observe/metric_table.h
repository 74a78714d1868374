#pragma once
// THE list of metrics. To add one: a row here, and the line that counts it; /metrics and
// tests/golden/metrics.txt (whose difference is the review) follow.
//
//   COUNTER(accessor, name, help)
//   COUNTER_BY(accessor, name, label, help)   one counter for each value of a label
//   GAUGE(accessor, name, help)
//
// Names, types and texts of the vnc_* families are those of PyVNCServer's exporter; its dashboards
// work.
#define ORIEL_METRICS(COUNTER, COUNTER_BY, GAUGE)                                                \
  COUNTER(connections_total, "vnc_connections_total", "Total number of VNC connections")         \
  GAUGE(connections_active, "vnc_connections_active",                                            \
        "Number of currently active VNC connections")                                            \
  COUNTER(connections_failed_total, "vnc_connections_failed_total",                              \
          "Total number of failed VNC connections")                                              \
  COUNTER(bytes_sent_total, "vnc_bytes_sent_total", "Total bytes sent to clients")               \
  COUNTER(bytes_received_total, "vnc_bytes_received_total", "Total bytes received from clients") \
  COUNTER(framebuffer_updates_total, "vnc_framebuffer_updates_total",                            \
          "Total number of framebuffer updates sent")                                            \
  COUNTER(framebuffer_rectangles_total, "vnc_framebuffer_rectangles_total",                      \
          "Total number of rectangles sent")                                                     \
  GAUGE(framebuffer_update_duration_seconds, "vnc_framebuffer_update_duration_seconds",          \
        "Duration of last framebuffer update")                                                   \
  COUNTER(key_events_total, "vnc_key_events_total", "Total number of keyboard events")           \
  COUNTER(pointer_events_total, "vnc_pointer_events_total", "Total number of pointer events")    \
  COUNTER_BY(encoding_bytes_total, "vnc_encoding_bytes_total", "encoding",                       \
             "Total bytes by encoding type")                                                     \
  COUNTER_BY(errors_total, "vnc_errors_total", "type", "Total number of errors by type")         \
  GAUGE(server_uptime_seconds, "vnc_server_uptime_seconds", "VNC server uptime in seconds")      \
  GAUGE(monitor_clients, "oriel_monitor_clients", "Clients of the monitoring stream")            \
  COUNTER(monitor_messages_total, "oriel_monitor_messages_total",                                \
          "Documents sent to clients of the monitoring stream")                                  \
  COUNTER(monitor_samples_total, "oriel_monitor_samples_total",                                  \
          "Readings of the host's figures for the monitoring stream")
