package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rachis/dicomio"
	"rachis/viewer/render"
)

func (p *program) importing() *cobra.Command { return &cobra.Command{Use: "import PATH..."} }
func (p *program) cases() *cobra.Command     { return &cobra.Command{Use: "case"} }
func (p *program) bundle() *cobra.Command    { return &cobra.Command{Use: "bundle"} }
func (p *program) demo() *cobra.Command      { return &cobra.Command{Use: "demo"} }
func (p *program) marksOn(ctx context.Context, file *dicomio.File, frame int) ([]render.StyledShape, error) {
	return nil, nil
}
