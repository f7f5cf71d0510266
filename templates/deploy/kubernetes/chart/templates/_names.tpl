{{- /* Charts of one release share these names. */ -}}
{{- /* The image, by its digest where that is known. */ -}}
{{- define "buildflow.image" -}}
{{ .repository }}{{ with .tag }}:{{ . }}{{ end }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}

{{- /* The labels of every object. */ -}}
{{- define "buildflow.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}

{{- /* `true` where the number of a service's replicas follows the load. */ -}}
{{- define "buildflow.scales" -}}
{{ if lt (int64 .minReplicas) (int64 .maxReplicas) }}true{{ end }}
{{- end }}

{{- /* The environment variable of an option, by the service's name and its own. */ -}}
{{- define "buildflow.variable" -}}
BUILDFLOW_{{ index . 0 | upper | replace "-" "_" }}_{{ index . 1 }}
{{- end }}
