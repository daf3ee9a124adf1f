// Package phantom makes a synthetic lumbar spine: a sagittal MR study in T1, T2 and STIR and a pair of lateral flexion
// and extension radiographs of one invented patient, with the true place of every landmark and the true value of every
// measurement. It is for tests and demonstrations. It lies, so it says SYNTHETIC in the patient's name and on the pictures.
package phantom
