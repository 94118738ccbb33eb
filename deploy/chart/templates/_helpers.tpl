{{- define "tremor.labels" -}}
app.kubernetes.io/name: tremor
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "tremor.selector" -}}
app.kubernetes.io/name: tremor
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "tremor.name" -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .component }}
{{- end }}

{{- define "tremor.image" -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "tremor.secret" -}}
{{- .Values.stores.existingSecret | default (include "tremor.name" (dict "root" . "component" "stores")) }}
{{- end }}

{{- /* What every container may do: nothing beyond its own files. */ -}}
{{- define "tremor.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "tremor.pod" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
{{- end }}

{{- define "tremor.environment" -}}
envFrom:
  - configMapRef: {name: {{ include "tremor.name" (dict "root" .root "component" .component) }}}
  - secretRef: {name: {{ include "tremor.secret" .root }}}
{{- end }}
