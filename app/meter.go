package app

import "rachis/app/command"

// meterCommand shows and hides how long frames take, for whoever wonders why a picture does not follow the hand.
func (w *window) meterCommand() command.Command {
	return command.Command{ID: "meter", Menu: "view", Group: 9, Checked: w.grid.MeterShown, Run: func() {
		w.grid.ShowMeter(!w.grid.MeterShown())
		w.stateChanged()
	}}
}
