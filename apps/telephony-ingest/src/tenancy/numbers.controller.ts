import { Controller, Inject } from '@nestjs/common';
import {
  addPhoneNumber,
  AddPhoneNumberRequest,
  listPhoneNumbers,
  type Nothing,
  type PhoneNumber,
  type PhoneNumberList,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { NumbersService } from './numbers.service';

@Controller()
export class NumbersController {
  constructor(@Inject(NumbersService) private readonly numbers: NumbersService) {}

  @Handles(addPhoneNumber)
  add(request: AddPhoneNumberRequest): Promise<PhoneNumber> {
    return this.numbers.add(request);
  }

  @Handles(listPhoneNumbers)
  list(_request: Nothing): Promise<PhoneNumberList> {
    return this.numbers.list();
  }
}
