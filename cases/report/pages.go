package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // templates, styles and the viewer's script
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"image"
	"path"
	"strings"
)

// Paths of the pages in a bundle, with '/' between.
const (
	IndexPage  = "INDEX.HTM"
	ViewerPage = "REPORT/VIEWER.HTM"
)

var (
	//go:embed page/index.html
	indexSource string
	//go:embed page/index.css
	indexStyle string

	indexTemplate = template.Must(template.New("index").Parse(indexSource))
)

// Pages returns the pages for a browser by their path in the bundle: IndexPage shows what the PDF shows, with its pictures
// in it and without a script; ViewerPage, there when in has series, shows the stacks. Both open from a disk with no network,
// and their content security policy lets them load nothing.
func Pages(in Input) (map[string][]byte, error) {
	if len(in.Languages) == 0 {
		return nil, errors.New("report: no language was given")
	}
	index, err := indexPage(in)
	if err != nil {
		return nil, err
	}
	pages := map[string][]byte{IndexPage: index}
	if len(in.Series) > 0 {
		if pages[ViewerPage], err = viewerPage(in); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// policy is a content security policy that lets a page show what is in it and load nothing.
func policy(style, script string) string {
	p := "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src " + hashed(style)
	if script != "" {
		p += "; script-src " + hashed(script)
	}
	return p
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// pageText is one language of the index page.
type pageText struct {
	C        content
	Chosen   bool
	Produced string
	t        Texts
}

// T returns a text of the report.
func (p pageText) T(key string) string { return p.t.T("report." + key) }

// Cell returns what the template of a cell needs.
func (p pageText) Cell(lines []said) any {
	return struct {
		Lines []said
		None  string
	}{lines, p.T("level.none")}
}

// Of returns what the templates of a finding's tables need.
func (p pageText) Of(f finding) any {
	return struct {
		Page pageText
		F    finding
	}{p, f}
}

type pageImage struct {
	Language string // "" for a picture of all languages
	Source   template.URL
	Alt      string
}

type pageCaption struct {
	Language, Title, Broken, Series, Caption, Link, LinkText string
	Notes                                                    []string
}

type pagePicture struct {
	Images   []pageImage
	Captions []pageCaption
}

func indexPage(in Input) ([]byte, error) {
	style := indexStyle
	data := struct {
		First, Title, Policy, Viewer, PDF string
		Style                             template.CSS
		Switch                            bool
		Texts                             []pageText
		Pictures                          []pagePicture
	}{First: in.Languages[0].Language(), Switch: len(in.Languages) > 1, Pictures: make([]pagePicture, len(in.Pictures))}
	if len(in.Series) > 0 {
		data.Viewer = ViewerPage
	}
	if p := path.Clean(in.PDF); in.PDF != "" && !path.IsAbs(p) && !strings.HasPrefix(p, "..") {
		data.PDF = p
	}
	for i, t := range in.Languages {
		c := contentIn(t, in)
		data.Texts = append(data.Texts, pageText{c, i == 0, t.T("report.page.produced", line(in.Product), moment(t, in.Date)), t})
		if i == 0 {
			data.Title = c.Title + " - " + c.Patient
		}
		if len(in.Languages) > 1 {
			l := c.Language
			// The language that is not chosen is hidden; without styles both are there.
			for _, other := range in.Languages {
				if o := other.Language(); o != l {
					style += fmt.Sprintf("#l-%s:checked ~ .sheet .%s { display: none; }\n", l, o)
				}
			}
			style += fmt.Sprintf("#l-%[1]s:checked ~ .sheet label[for=\"l-%[1]s\"] { background: var(--accent); border-color: var(--accent); color: #fff; }\n", l)
			style += fmt.Sprintf("#l-%[1]s:focus-visible ~ .sheet label[for=\"l-%[1]s\"] { outline: 2px solid var(--amber); outline-offset: 2px; }\n", l)
		}
		for j, p := range c.Pictures {
			data.Pictures[j].add(t, p, in.Pictures[j])
		}
	}
	data.Style, data.Policy = template.CSS(style), policy(style, "")
	var b bytes.Buffer
	if err := indexTemplate.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return b.Bytes(), nil
}

// add takes up what a picture shows in one language.
func (p *pagePicture) add(t Texts, c picture, of Picture) {
	l := t.Language()
	caption := pageCaption{Language: l, Title: c.Title, Series: c.Series, Caption: c.Caption, Notes: c.Notes}
	if source, ok := dataURL(c.Data); ok {
		// One picture serves all languages unless its burned-in words differ.
		own := ""
		if _, ok := of.ByLanguage[l]; ok {
			own = l
		}
		have := false
		for _, m := range p.Images {
			have = have || m.Source == source
		}
		if !have {
			p.Images = append(p.Images, pageImage{own, source, c.Title})
		}
	} else {
		caption.Broken = c.broken(t)
	}
	if c.Show >= 0 {
		caption.Link, caption.LinkText = fmt.Sprintf("%s#%s-%d-%d", ViewerPage, l, c.Show, c.Slice), t.T("report.page.viewer.show")
	}
	p.Captions = append(p.Captions, caption)
}

// dataURL is a PNG or a JPEG as a part of a page; ok is false for anything else.
func dataURL(data []byte) (template.URL, bool) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || format != "png" && format != "jpeg" || c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height {
		return "", false
	}
	return template.URL("data:image/" + format + ";base64," + base64.StdEncoding.EncodeToString(data)), true
}
