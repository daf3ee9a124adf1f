package handover_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"rachis/app/handover"
)

func TestExportLook(t *testing.T) {
	out := os.Getenv("RACHIS_HANDOVER_OUT")
	if out == "" {
		t.Skip("RACHIS_HANDOVER_OUT is not set")
	}
	r, err := handover.Export(context.Background(), studio.store, studio.id, filepath.Join(out, "bundle"), []string{"fr", "en"}, handover.Options{Author: "Clinique du rachis, Québec", Now: day, Product: "Rachis 0.1.0"})
	t.Log(r, err)
}
