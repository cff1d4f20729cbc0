{{- define "sallyport.name" -}}
{{- printf "%s-sallyport" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "sallyport.selector" -}}
app.kubernetes.io/name: sallyport
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
